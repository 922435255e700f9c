package dejavm.cpu;

/**
 * CR0 to CR8 and EFER: what may be written to them when, and the way into long mode and out.
 *
 * <p>Long mode is switched on in three steps that do nothing by themselves (CR4.PAE, EFER.LME, then
 * CR0.PG), and every order but this one is #GP(0). Source: SDM volume 2, MOV to control registers;
 * volume 3, sections 2.2.1, 2.5, 4.1, 4.10.1 and 9.8.5.
 */
public final class ControlRegisters {
  // Bits of CR0, CR4 and EFER.
  public static final long CR0_PE = 1;
  public static final long CR0_MP = 2;
  public static final long CR0_EM = 4;
  public static final long CR0_TS = 8;
  public static final long CR0_ET = 0x10;
  public static final long CR0_NE = 0x20;
  public static final long CR0_WP = 0x10000;
  public static final long CR0_AM = 0x40000;
  public static final long CR0_NW = 0x20000000;
  public static final long CR0_CD = 0x40000000;
  public static final long CR0_PG = 0x80000000L;
  public static final long CR4_VME = 1;
  public static final long CR4_PVI = 2;
  public static final long CR4_TSD = 4;
  public static final long CR4_DE = 8;
  public static final long CR4_PSE = 0x10;
  public static final long CR4_PAE = 0x20;
  public static final long CR4_MCE = 0x40;
  public static final long CR4_PGE = 0x80;
  public static final long CR4_PCE = 0x100;
  public static final long CR4_OSFXSR = 0x200;
  public static final long CR4_OSXMMEXCPT = 0x400;
  public static final long CR4_UMIP = 0x800;
  public static final long CR4_PCIDE = 0x20000;
  public static final long CR4_SMEP = 0x100000;
  public static final long CR4_SMAP = 0x200000;
  public static final long EFER_SCE = 1;
  public static final long EFER_LME = 0x100;
  public static final long EFER_LMA = 0x400;
  public static final long EFER_NXE = 0x800;

  private static final long CR0_WRITABLE =
      CR0_PE | CR0_MP | CR0_EM | CR0_TS | CR0_NE | CR0_WP | CR0_AM | CR0_NW | CR0_CD | CR0_PG;
  private static final long CR0_LMSW = CR0_MP | CR0_EM | CR0_TS;

  /** With process-context identifiers: keep what is cached of the new one. Not stored. */
  private static final long CR3_KEEP = 1L << 63;

  private static final long CR3_CONTEXT = 0xFFF;
  private static final long BEYOND_MEMORY = -1L << Cpu.PHYSICAL_BITS;

  /** What must be 0 in a present page-directory pointer. */
  private static final long POINTER_RESERVED = BEYOND_MEMORY | 0x1E6;

  /** The bits of CR4 that translation depends on. */
  private static final long CR4_TRANSLATION = CR4_PAE | CR4_PSE | CR4_SMEP | CR4_SMAP;

  private ControlRegisters() {}

  /** MOV to CRn; the value has 32 bits outside 64-bit mode. */
  static void load(Cpu c, int n, long value) {
    requireControl(c, n);
    SystemInstructions.requirePrivileged(c);
    long bits = c.code64() ? value : value & 0xFFFFFFFFL;
    switch (n) {
      case 0 -> loadCr0(c, bits);
      case 2 -> c.cr2 = bits;
      case 3 -> loadCr3(c, bits);
      case 4 -> loadCr4(c, bits);
      default -> loadPriority(c, bits);
    }
  }

  /** MOV from CRn. */
  static long store(Cpu c, int n) {
    requireControl(c, n);
    SystemInstructions.requirePrivileged(c);
    return switch (n) {
      case 0 -> c.cr0;
      case 2 -> c.cr2;
      case 3 -> c.cr3;
      case 4 -> c.cr4;
      default -> c.cr8;
    };
  }

  private static void requireControl(Cpu c, int n) {
    boolean exists = n == 0 || n >= 2 && n <= 4 || n == 8 && c.code64();
    if (!exists) {
      throw Fault.ud();
    }
  }

  // ---- what RSM loads ----

  /**
   * Whether control registers can hold these values together, whatever they hold now. LMA is part
   * of {@code efer}.
   */
  static boolean consistent(CpuModel model, long cr0, long cr3, long cr4, long efer) {
    boolean paging = (cr0 & CR0_PG) != 0;
    boolean active = (efer & EFER_LMA) != 0;
    return allowed(cr0)
        && (cr4 & ~cr4Bits(model)) == 0
        && (efer & ~(eferBits(model) | EFER_LMA)) == 0
        && active == (paging && (efer & EFER_LME) != 0)
        && (!active || (cr4 & CR4_PAE) != 0 && (cr3 & BEYOND_MEMORY) == 0)
        && (active || (cr4 & CR4_PCIDE) == 0);
  }

  private static boolean allowed(long cr0) {
    return cr0 >>> 32 == 0
        && (cr0 & (CR0_PG | CR0_PE)) != CR0_PG
        && (cr0 & (CR0_NW | CR0_CD)) != CR0_NW;
  }

  /** CR0 without the bits that nothing can be written to. */
  static long writableCr0(long value) {
    return value & CR0_WRITABLE | CR0_ET;
  }

  /** Whether page-directory pointers are free of reserved bits. */
  static boolean arePointers(long[] pointers) {
    for (long pointer : pointers) {
      if ((pointer & 1) != 0 && (pointer & POINTER_RESERVED) != 0) {
        return false;
      }
    }
    return true;
  }

  // ---- CR0 ----

  private static void loadCr0(Cpu c, long value) {
    long wanted = writableCr0(value);
    boolean paging = (wanted & CR0_PG) != 0;
    if (!allowed(value)) {
      throw Fault.gp(0);
    }
    long changed = wanted ^ c.cr0;
    boolean switched = (changed & CR0_PG) != 0;
    if (switched) {
      checkSwitch(c, paging);
    }
    boolean wide = (c.efer & EFER_LME) != 0;
    boolean reload =
        paging && !wide && (c.cr4 & CR4_PAE) != 0 && (changed & (CR0_PG | CR0_NW | CR0_CD)) != 0;
    boolean newPointers = reload && loadPointers(c, c.cr3);
    c.cr0 = wanted;
    if (switched && wide) {
      c.efer = paging ? c.efer | EFER_LMA : c.efer & ~EFER_LMA;
    }
    if (newPointers || (changed & (CR0_PG | CR0_WP)) != 0) {
      c.controlChanged();
    }
    if ((changed & CR0_PE) != 0 && (wanted & CR0_PE) == 0) {
      Segments.leaveProtectedMode(c);
    }
  }

  /** Whether paging, and with it long mode, may begin or end now. */
  private static void checkSwitch(Cpu c, boolean paging) {
    boolean allowed;
    if (!paging) {
      allowed = !c.code64() && (c.cr4 & CR4_PCIDE) == 0;
    } else if ((c.efer & EFER_LME) != 0) {
      boolean wideTask = (c.access[Cpu.TR] & 8) != 0;
      allowed = (c.cr4 & CR4_PAE) != 0 && (c.access[Cpu.CS] & SegmentRights.LONG) == 0 && wideTask;
    } else {
      allowed = true;
    }
    if (!allowed) {
      throw Fault.gp(0);
    }
  }

  /** LMSW: the low four bits of CR0, but never out of protected mode. */
  static void lmsw(Cpu c, int value) {
    SystemInstructions.requirePrivileged(c);
    c.cr0 = c.cr0 & ~CR0_LMSW | value & (CR0_LMSW | CR0_PE);
  }

  // ---- CR3 ----

  private static void loadCr3(Cpu c, long value) {
    if (!c.longMode()) {
      loadDirectory(c, value);
      return;
    }
    long directory = (c.cr4 & CR4_PCIDE) != 0 ? value & ~CR3_KEEP : value;
    if ((directory & BEYOND_MEMORY) != 0) {
      throw Fault.gp(0);
    }
    loadDirectory(c, directory);
  }

  /** Loads CR3, and under PAE paging outside long mode the page-directory pointers. */
  static void loadDirectory(Cpu c, long value) {
    boolean pae = (c.cr0 & CR0_PG) != 0 && (c.cr4 & CR4_PAE) != 0 && !c.longMode();
    boolean newPointers = pae && loadPointers(c, value);
    boolean changed = value != c.cr3;
    c.cr3 = value;
    if (changed || newPointers) {
      c.controlChanged();
    }
  }

  /** Loads the four page-directory pointers; whether they are others than before. */
  private static boolean loadPointers(Cpu c, long directory) {
    long[] pointers = c.mmu.pointers();
    long[] loaded = new long[4];
    boolean changed = false;
    for (int i = 0; i < 4; i++) {
      loaded[i] = c.mmu.loadTable((directory & 0xFFFFFFE0L) + 8L * i, 8);
      changed |= loaded[i] != pointers[i];
    }
    if (!arePointers(loaded)) {
      throw Fault.gp(0);
    }
    System.arraycopy(loaded, 0, pointers, 0, 4);
    return changed;
  }

  // ---- CR4 ----

  private static void loadCr4(Cpu c, long value) {
    long changed = value ^ c.cr4;
    if ((value & ~cr4Bits(c.model)) != 0
        || c.longMode() && (value & CR4_PAE) == 0
        || (changed & value & CR4_PCIDE) != 0 && !mayHaveContexts(c)) {
      throw Fault.gp(0);
    }
    boolean reload =
        (c.cr0 & CR0_PG) != 0
            && !c.longMode()
            && (value & CR4_PAE) != 0
            && (changed & (CR4_PAE | CR4_PGE | CR4_PSE | CR4_SMEP)) != 0;
    boolean newPointers = reload && loadPointers(c, c.cr3);
    c.cr4 = value;
    if (newPointers || (changed & CR4_TRANSLATION) != 0) {
      c.controlChanged();
    }
  }

  private static boolean mayHaveContexts(Cpu c) {
    return c.longMode() && (c.cr3 & CR3_CONTEXT) == 0;
  }

  /** The bits of CR4 that this model has; performance counters are as old as the P6. */
  private static long cr4Bits(CpuModel model) {
    return CR4_PCE
        | (model.has(CpuFeature.VME) ? CR4_VME | CR4_PVI : 0)
        | (model.has(CpuFeature.TSC) ? CR4_TSD : 0)
        | (model.has(CpuFeature.DE) ? CR4_DE : 0)
        | (model.has(CpuFeature.PSE) ? CR4_PSE : 0)
        | (model.has(CpuFeature.PAE) ? CR4_PAE : 0)
        | (model.has(CpuFeature.MCE) ? CR4_MCE : 0)
        | (model.has(CpuFeature.PGE) ? CR4_PGE : 0)
        | (model.has(CpuFeature.FXSR) ? CR4_OSFXSR : 0)
        | (model.has(CpuFeature.SSE) ? CR4_OSXMMEXCPT : 0)
        | (model.has(CpuFeature.UMIP) ? CR4_UMIP : 0)
        | (model.has(CpuFeature.PCID) ? CR4_PCIDE : 0)
        | (model.has(CpuFeature.SMEP) ? CR4_SMEP : 0)
        | (model.has(CpuFeature.SMAP) ? CR4_SMAP : 0);
  }

  // ---- CR8 ----

  /** The task priority. It is kept here, and the local APIC hears of it when it changes. */
  private static void loadPriority(Cpu c, long value) {
    if ((value & ~0xFL) != 0) {
      throw Fault.gp(0);
    }
    if (c.cr8 != value) {
      c.cr8 = value;
      Msrs.taskPriority(c);
    }
  }

  // ---- EFER ----

  /** Whether the model has EFER at all. */
  static boolean hasEfer(CpuModel model) {
    return eferBits(model) != 0;
  }

  /** WRMSR to EFER; LMA is what it is. */
  static void loadEfer(Cpu c, long value) {
    long wanted = value & ~EFER_LMA;
    long changed = (wanted ^ c.efer) & ~EFER_LMA;
    boolean paging = (c.cr0 & CR0_PG) != 0;
    if ((wanted & ~eferBits(c.model)) != 0 || paging && (changed & EFER_LME) != 0) {
      throw Fault.gp(0);
    }
    c.efer = wanted | c.efer & EFER_LMA;
    if ((changed & EFER_NXE) != 0) {
      c.controlChanged();
    }
  }

  private static long eferBits(CpuModel model) {
    return (model.has(CpuFeature.SYSCALL) ? EFER_SCE : 0)
        | (model.has(CpuFeature.LM) ? EFER_LME : 0)
        | (model.has(CpuFeature.NX) ? EFER_NXE : 0);
  }
}
