package dejavm.cpu;

/**
 * Segment registers: what loading one checks, and what an access that one does not allow raises.
 *
 * <p>In real mode a load changes selector and base only; limit and rights stay what they were,
 * which is what "unreal mode" lives on. A null selector takes the base of FS and GS with it, which
 * 64-bit code sees. Source: SDM volume 2, MOV and LDS; volume 3, sections 5.3 to 5.6, 5.4.1.1,
 * 20.1.1 and 20.2.
 */
public final class Segments {
  /** Rights of a segment in virtual-8086 mode: present, DPL 3, data, writable, accessed. */
  static final int V86_RIGHTS = 0xF3;

  /** Rights of a segment in real mode: present, DPL 0, data, writable, accessed. */
  static final int REAL_RIGHTS = 0x93;

  private static final int[] DATA = {Cpu.ES, Cpu.DS, Cpu.FS, Cpu.GS};

  private Segments() {}

  /**
   * Refuses an access that failed the check of {@link Cpu#linear}.
   *
   * @return never
   * @throws Fault #SS(0) for the stack segment, else #GP(0)
   */
  @SuppressWarnings("unused")
  static long refuse(Cpu c, int register, long offset, int size, boolean write) {
    throw Fault.of(register == Cpu.SS ? Fault.SS : Fault.GP, 0);
  }

  /**
   * What an operand must be aligned to where that is checked (SDM volume 3, table 6-7). Accesses of
   * 16 bytes either have a check of their own, or need no alignment.
   */
  static int alignment(int size) {
    return switch (size) {
      case 1, 2, 4, 8 -> size;
      case 16 -> 1;
      // A far pointer of 16:32, and 80 bits of the x87 or a far pointer of 16:64.
      case 6 -> 4;
      case 10 -> 8;
      // The x87's environment and state: of 16-bit layout, or of 32-bit layout.
      case 14, 94 -> 2;
      default -> 4;
    };
  }

  /** Loads ES, SS, DS, FS or GS. */
  public static void load(Cpu c, int register, int selector) {
    if (c.paragraphs()) {
      loadParagraph(c, register, selector);
    } else if (register == Cpu.SS) {
      if (mayBeNullStack(c, selector, c.cpl)) {
        commitNull(c, Cpu.SS, selector);
      } else {
        loadStack(c, selector, c.cpl, Fault.GP, 0);
      }
    } else {
      loadData(c, register, selector, Fault.GP, 0);
    }
  }

  /** MOV SS and POP SS: interrupts are held back until the next instruction has executed. */
  public static void loadStackWithShadow(Cpu c, int selector) {
    load(c, Cpu.SS, selector);
    c.shadow = true;
    c.stackShadow = true;
    c.updateAttention();
  }

  /** Loads a register as real and virtual-8086 mode do: the selector is a paragraph. */
  static void loadParagraph(Cpu c, int register, int selector) {
    long base = (selector & 0xFFFFL) << 4;
    if (c.v86()) {
      c.segment(register, selector, base, 0xFFFF, V86_RIGHTS);
    } else if ((c.access[register] & SegmentRights.NULL) != 0) {
      // Nothing to keep: protected mode had left it null.
      c.segment(register, selector, base, 0xFFFF, REAL_RIGHTS);
    } else {
      c.segment(register, selector, base, c.limit[register], c.access[register]);
    }
  }

  /**
   * Loads SS in protected mode.
   *
   * @param level the CPL that it has to match
   * @param vector #GP, or #TS in a task switch
   */
  static void loadStack(Cpu c, int selector, int level, int vector, int ext) {
    long descriptor = stackDescriptor(c, selector, level, vector, ext);
    Descriptors.markAccessed(c, selector, descriptor);
    commit(c, Cpu.SS, selector, descriptor);
  }

  /**
   * Whether a selector is null and 64-bit mode lets SS be so: inside level 3, with its level as
   * RPL.
   */
  private static boolean mayBeNullStack(Cpu c, int selector, int level) {
    return c.code64()
        && Descriptors.isNull(selector)
        && level < 3
        && Descriptors.rpl(selector) == level;
  }

  /** Checks a selector for SS, and gives its descriptor. */
  static long stackDescriptor(Cpu c, int selector, int level, int vector, int ext) {
    if (Descriptors.isNull(selector)) {
      throw Fault.of(vector, ext);
    }
    long descriptor = Descriptors.load(c, selector, vector, ext);
    if (Descriptors.rpl(selector) != level
        || !Descriptors.isWritableData(descriptor)
        || Descriptors.dpl(descriptor) != level) {
      throw Descriptors.fault(vector, selector, ext);
    }
    if (!Descriptors.present(descriptor)) {
      throw Descriptors.fault(Fault.SS, selector, ext);
    }
    return descriptor;
  }

  /** Loads ES, DS, FS or GS in protected mode; see {@link #loadStack}. */
  static void loadData(Cpu c, int register, int selector, int vector, int ext) {
    if (Descriptors.isNull(selector)) {
      commitNull(c, register, selector);
      return;
    }
    long descriptor = Descriptors.load(c, selector, vector, ext);
    if (!Descriptors.isReadable(descriptor)
        || !Descriptors.mayUse(descriptor, c.cpl, Descriptors.rpl(selector))) {
      throw Descriptors.fault(vector, selector, ext);
    }
    if (!Descriptors.present(descriptor)) {
      throw Descriptors.fault(Fault.NP, selector, ext);
    }
    Descriptors.markAccessed(c, selector, descriptor);
    commit(c, register, selector, descriptor);
  }

  /** Fills a register from a descriptor that passed all checks. */
  static void commit(Cpu c, int register, int selector, long descriptor) {
    int rights = Descriptors.rights(descriptor);
    c.segment(
        register,
        selector,
        Descriptors.base(descriptor),
        Descriptors.limit(descriptor),
        (rights & SegmentRights.S) != 0 ? rights | SegmentRights.ACCESSED : rights);
  }

  /** The same for LDTR and TR, whose base has 64 bits in long mode. */
  static void commitSystem(Cpu c, int register, int selector, long descriptor, long base) {
    c.segment(
        register, selector, base, Descriptors.limit(descriptor), Descriptors.rights(descriptor));
  }

  /** Changes the base of FS or GS and nothing else. */
  static void rebase(Cpu c, int register, long base) {
    c.segment(register, c.selector[register], base, c.limit[register], c.access[register]);
  }

  /** Leaves a register with a selector and nothing behind it. */
  static void commitNull(Cpu c, int register, int selector) {
    c.segment(register, selector, 0, 0, SegmentRights.NULL);
  }

  /**
   * After a return to an outer level: what that level may not use becomes null. Its base stays, for
   * 64-bit code to use; so kvm-unit-tests found it on processors.
   */
  static void dropInner(Cpu c) {
    for (int register : DATA) {
      int rights = c.access[register];
      boolean conforming =
          (rights & (SegmentRights.CODE | SegmentRights.DOWN))
              == (SegmentRights.CODE | SegmentRights.DOWN);
      if ((rights & SegmentRights.NULL) == 0
          && !conforming
          && (rights >> SegmentRights.DPL_SHIFT & 3) < c.cpl) {
        c.segment(register, 0, c.base[register], 0, SegmentRights.NULL);
      }
    }
  }

  /** On the way out of virtual-8086 mode the data segments become null. */
  static void dropAll(Cpu c) {
    for (int register : DATA) {
      commitNull(c, register, 0);
    }
  }

  /** Protected mode ended: from now on CS lets all accesses pass, as real mode expects. */
  static void leaveProtectedMode(Cpu c) {
    int rights = c.access[Cpu.CS] & ~(SegmentRights.TYPE | 3 << SegmentRights.DPL_SHIFT);
    c.segment(
        Cpu.CS,
        c.selector[Cpu.CS],
        c.base[Cpu.CS],
        c.limit[Cpu.CS],
        rights
            | SegmentRights.PRESENT
            | SegmentRights.S
            | SegmentRights.WRITABLE
            | SegmentRights.ACCESSED);
  }
}
