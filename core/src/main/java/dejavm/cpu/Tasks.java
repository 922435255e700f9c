package dejavm.cpu;

import static dejavm.cpu.Cpu.CS;
import static dejavm.cpu.Cpu.LDTR;
import static dejavm.cpu.Cpu.TR;

import dejavm.memory.Mmu;
import dejavm.memory.PageFault;

/**
 * Task switches between 16- and 32-bit task state segments.
 *
 * <p>A switch has a point of no return: what fails before it is an exception of the old task, what
 * fails after it, a bad selector in the new TSS for instance, one of the new task, whose first
 * instruction then is the one that faulted. Source: SDM volume 3, chapter 7, tables 7-1 and 7-2.
 */
public final class Tasks {
  /** What causes a task switch. */
  public enum Reason {
    JUMP,
    CALL,
    INTERRUPT,
    IRET;

    boolean nests() {
      return this == CALL || this == INTERRUPT;
    }
  }

  private static final int LINK = 0;

  /** DR6.BT. */
  private static final int SWITCHED = 0x8000;

  /** DR7.L0 to L3 and LE: breakpoints of the task that is left. */
  private static final long LOCAL_BREAKPOINTS = 0x155;

  private static final int[] DATA = {Cpu.DS, Cpu.ES, Cpu.FS, Cpu.GS};

  private Tasks() {}

  // ---- how instructions switch ----

  static void jump(Cpu c, int selector) {
    enterFromInstruction(c, leave(c, selector, Reason.JUMP, 0, c.nextRip, c.flags()), 0);
  }

  static void call(Cpu c, int selector) {
    enterFromInstruction(c, leave(c, selector, Reason.CALL, 0, c.nextRip, c.flags()), 0);
  }

  /** IRET with NT set: back to the task whose selector is in the present TSS. */
  static void returnToCaller(Cpu c) {
    int selector = (int) c.mmu.systemLoad(c.base[TR] + LINK & 0xFFFFFFFFL, 2);
    int flags = c.flags() & ~Flags.NT;
    enterFromInstruction(c, leave(c, selector, Reason.IRET, 0, c.nextRip, flags), 0);
  }

  /**
   * Enters a task and delivers there what fails: to its caller the instruction that switched is
   * complete.
   */
  static void enterFromInstruction(Cpu c, TaskImage image, int ext) {
    try {
      enter(c, image, ext, Fault.NO_ERROR);
    } catch (Fault fault) {
      c.nowBase++;
      Interrupts.exception(c, fault.vector(), fault.error());
    } catch (PageFault fault) {
      c.nowBase++;
      Interrupts.exception(c, fault);
    }
  }

  // ---- the switch ----

  /**
   * Leaves the present task for another; all that can go wrong so far is an exception of the old
   * one. The selector's privilege checks are the caller's.
   *
   * @param ext the EXT bit of error codes
   * @param savedRip EIP for the old TSS
   * @param savedFlags EFLAGS for the old TSS
   * @return what {@link #enter} needs
   */
  static TaskImage leave(
      Cpu c, int selector, Reason reason, int ext, long savedRip, int savedFlags) {
    long descriptor = check(c, selector, reason, ext);
    boolean wide = isWide(Descriptors.rights(descriptor));
    long base = Descriptors.base(descriptor);
    probe(c, selector, base, wide, reason, ext);

    if (!reason.nests()) {
      Descriptors.markBusy(c, c.selector[TR], false);
    }
    save(c, savedRip, savedFlags);
    if (reason.nests()) {
      c.mmu.systemStore(base + LINK, 2, c.selector[TR]);
    }
    if (reason != Reason.IRET) {
      Descriptors.markBusy(c, selector, true);
    }
    TaskImage image = TaskImage.load(c, base, wide);
    Segments.commit(c, TR, selector, descriptor | (long) Descriptors.BUSY << 40);
    c.cr0 |= ControlRegisters.CR0_TS;
    c.dr[7] &= ~LOCAL_BREAKPOINTS;
    Breakpoints.apply(c);
    return reason.nests() ? image.nested() : image;
  }

  private static boolean isWide(int rights) {
    return (rights & 8) != 0;
  }

  private static long check(Cpu c, int selector, Reason reason, int ext) {
    int vector = reason == Reason.IRET ? Fault.TS : Fault.GP;
    if (Descriptors.isNull(selector) || Descriptors.isLocal(selector)) {
      throw Descriptors.fault(vector, selector, ext);
    }
    long descriptor = Descriptors.load(c, selector, vector, ext);
    int wanted = reason == Reason.IRET ? Descriptors.BUSY_TSS16 : Descriptors.TSS16;
    int type = Descriptors.systemType(descriptor);
    if (type < 0 || (type & ~8) != wanted) {
      throw Descriptors.fault(vector, selector, ext);
    }
    if (!Descriptors.present(descriptor)) {
      throw Descriptors.fault(Fault.NP, selector, ext);
    }
    if (Descriptors.limit(descriptor) < TaskImage.size(isWide(type)) - 1) {
      throw Descriptors.fault(Fault.TS, selector, ext);
    }
    return descriptor;
  }

  /** Everything that the switch touches must be there before it begins. */
  private static void probe(Cpu c, int selector, long base, boolean wide, Reason reason, int ext) {
    boolean oldWide = isWide(c.access[TR]);
    if (c.limit[TR] < TaskImage.size(oldWide) - 1) {
      throw Descriptors.fault(Fault.TS, c.selector[TR], ext);
    }
    int first = TaskImage.firstSaved(oldWide);
    c.mmu.systemProbe(
        c.base[TR] + first & 0xFFFFFFFFL, TaskImage.lastSaved(oldWide) - first + 1, Mmu.WRITE);
    c.mmu.systemProbe(base, TaskImage.size(wide), Mmu.READ);
    if (reason.nests()) {
      c.mmu.systemProbe(base + LINK, 2, Mmu.WRITE);
    } else {
      c.mmu.systemProbe(Descriptors.address(c, c.selector[TR]) + 5, 1, Mmu.WRITE);
    }
    if (reason != Reason.IRET) {
      c.mmu.systemProbe(Descriptors.address(c, selector) + 5, 1, Mmu.WRITE);
    }
  }

  private static void save(Cpu c, long rip, int flags) {
    TaskImage.save(c, c.base[TR], isWide(c.access[TR]), rip, flags);
  }

  /**
   * Enters a task; what goes wrong from here on is an exception of the new one.
   *
   * @param error the error code to push, or {@link Fault#NO_ERROR}
   */
  static void enter(Cpu c, TaskImage image, int ext, int error) {
    System.arraycopy(image.registers(), 0, c.r, 0, 8);
    c.rip = image.rip();
    c.nextRip = image.rip();
    c.setFlags(image.flags());
    int[] selectors = image.selectors();
    // Until there is a stack, an exception has to take that of its handler's level.
    c.setCpl(3);
    for (int register = 0; register < 6; register++) {
      Segments.commitNull(c, register, selectors[register]);
    }
    Segments.commitNull(c, LDTR, image.ldt());
    if (image.wide() && (c.cr0 & ControlRegisters.CR0_PG) != 0) {
      ControlRegisters.loadDirectory(c, image.cr3());
    }
    loadLdt(c, image.ldt(), ext);
    loadSegments(c, selectors, ext);
    if (error != Fault.NO_ERROR) {
      StackFrame frame = new StackFrame(c, image.wide() ? 4 : 2, ext);
      frame.push(error);
      frame.checkLimits();
      frame.probe();
      frame.store();
      frame.commitPointer();
    }
    if (c.rip > c.limit[CS]) {
      throw Fault.gp(ext);
    }
    if (image.trap()) {
      c.dr[6] |= SWITCHED;
      c.nowBase++;
      Interrupts.trap(c, Fault.DB);
    }
  }

  private static void loadSegments(Cpu c, int[] selectors, int ext) {
    if (c.v86()) {
      for (int register = 0; register < 6; register++) {
        Segments.loadParagraph(c, register, selectors[register]);
      }
      return;
    }
    int level = Descriptors.rpl(selectors[CS]);
    loadCode(c, selectors[CS], level, ext);
    Segments.loadStack(c, selectors[Cpu.SS], level, Fault.TS, ext);
    c.setCpl(level);
    for (int register : DATA) {
      Segments.loadData(c, register, selectors[register], Fault.TS, ext);
    }
  }

  private static void loadLdt(Cpu c, int selector, int ext) {
    if (Descriptors.isNull(selector)) {
      return;
    }
    if (Descriptors.isLocal(selector)) {
      throw Descriptors.fault(Fault.TS, selector, ext);
    }
    long descriptor = Descriptors.load(c, selector, Fault.TS, ext);
    if (Descriptors.systemType(descriptor) != Descriptors.LDT || !Descriptors.present(descriptor)) {
      throw Descriptors.fault(Fault.TS, selector, ext);
    }
    Segments.commit(c, LDTR, selector, descriptor);
  }

  private static void loadCode(Cpu c, int selector, int level, int ext) {
    if (Descriptors.isNull(selector)) {
      throw Fault.of(Fault.TS, ext);
    }
    long descriptor = Descriptors.load(c, selector, Fault.TS, ext);
    int dpl = Descriptors.dpl(descriptor);
    if (!Descriptors.isCode(descriptor)
        || (Descriptors.isConforming(descriptor) ? dpl > level : dpl != level)) {
      throw Descriptors.fault(Fault.TS, selector, ext);
    }
    if (!Descriptors.present(descriptor)) {
      throw Descriptors.fault(Fault.NP, selector, ext);
    }
    Descriptors.markAccessed(c, selector, descriptor);
    Segments.commit(c, CS, selector, descriptor);
  }
}
