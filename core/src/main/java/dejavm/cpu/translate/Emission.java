package dejavm.cpu.translate;

import static dejavm.cpu.translate.Assembler.NONE;
import static dejavm.cpu.translate.Assembler.R10;
import static dejavm.cpu.translate.Assembler.R11;
import static dejavm.cpu.translate.Assembler.R12;
import static dejavm.cpu.translate.Assembler.R13;
import static dejavm.cpu.translate.Assembler.R14;
import static dejavm.cpu.translate.Assembler.R15;
import static dejavm.cpu.translate.Assembler.R8;
import static dejavm.cpu.translate.Assembler.R9;

import dejavm.cpu.Cpu;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Operand;
import dejavm.memory.Mmu;
import dejavm.memory.Tlb;
import java.util.ArrayList;
import java.util.List;

/**
 * The code of one block while it is made: operands, memory accesses, and the ways out.
 *
 * <p>Where the guest's state is: RAX to RDI but for RSP, and R8 and R12, in the host's registers of
 * the same names; RSP in R14; the others in the {@link Workspace}, which R15 points into. R13
 * counts the ticks that are left. R9, R10 and R11 are free for each instruction; flags see {@link
 * FlagState}.
 */
final class Emission {
  /** The base of the workspace. */
  static final int STATE = R15;

  static final int BUDGET = R13;

  /** The guest's stack pointer. */
  static final int STACK = R14;

  private static final int[] HOST = {0, 1, 2, 3, STACK, 5, 6, 7, R8, -1, -1, -1, R12, -1, -1, -1};

  /** Registers of the guest that are in others of the host. */
  static final int REGISTERS = 16;

  final Assembler a = new Assembler();
  final FlagState flags = new FlagState(this);
  private final Sites sites;
  private final Mmu mmu;
  private Stubs stubs;

  Mode mode;

  /** The instruction under way, which it is of the block, and where it lies in the page. */
  Insn in;

  int number;
  int offset;

  /** How many instructions the block counts. */
  int counted;

  /** The site of the last check of an access. */
  private int checked;

  /** The site of {@link #requireNextPage}. */
  int crossing;

  /** Where the code of the instruction under way starts, once nothing is left of those before. */
  private long resume;

  /** The register that holds the linear address after {@link #access}. */
  int address;

  /**
   * A jump out of the straight path.
   *
   * @param jump its end
   * @param address the register that holds the address of a miss
   */
  private record Cold(int jump, long stub, int site, int address) {}

  private final List<Cold> cold = new ArrayList<>();
  private final List<Runnable> later = new ArrayList<>();

  Emission(Sites sites, Mmu mmu) {
    this.sites = sites;
    this.mmu = mmu;
  }

  void stubs(Stubs newStubs) {
    stubs = newStubs;
  }

  void begin(Mode newMode, int itsNumber, long at, int instructions) {
    mode = newMode;
    modeNumber = itsNumber;
    counted = instructions;
    cold.clear();
    a.begin(at);
    flags.begin();
  }

  void instruction(Insn insn, int index, int inPage) {
    in = insn;
    number = index;
    offset = inPage;
    resume = 0;
  }

  // ---- registers ----

  /** The host's register that always holds one of the guest's, or -1. */
  static int host(int register) {
    return HOST[register];
  }

  /** Tells the assembler of the place of a register that is in memory. */
  int place(int register) {
    return a.at(STATE, Workspace.register(register));
  }

  /** A register of the host that holds one of the guest's: its own, or a copy. */
  int use(int register, int copy) {
    int own = HOST[register];
    if (own >= 0) {
      return own;
    }
    a.load(8, copy, place(register));
    return copy;
  }

  /** Writes all of a register back if it is in memory. */
  void commit(int register, int from) {
    if (HOST[register] < 0) {
      a.store(8, place(register), from);
    }
  }

  /** The host's register for a result: the guest's own, or scratch to be {@link #commit}ted. */
  static int target(int register, int scratch) {
    return HOST[register] >= 0 ? HOST[register] : scratch;
  }

  /**
   * A register of the host whose low bytes are those of a register operand; of AH to BH, and of
   * those in memory, a copy. Ends the life of the host's flags for AH to BH.
   */
  int value(Operand operand, int copy) {
    if (operand.kind() == Operand.Kind.HIGH) {
      flags.clobber();
      a.load(4, copy, HOST[operand.register()]);
      a.shift(Assembler.SHR, 4, copy, 8);
      return copy;
    }
    return use(operand.register(), copy);
  }

  static boolean isHigh(Operand operand) {
    return operand.kind() == Operand.Kind.HIGH;
  }

  static boolean isMemory(Operand operand) {
    return operand.kind() == Operand.Kind.MEM;
  }

  /** Puts the low byte of a scratch register into AH to BH. The flags are settled before. */
  void insertHigh(int register, int from) {
    int to = HOST[register];
    a.zeroExtend(1, from, from);
    a.shift(Assembler.SHL, 4, from, 8);
    a.with(Assembler.AND, 8, to, ~0xFF00);
    a.to(Assembler.OR, 8, to, from);
  }

  /** Writes a result of 1, 2, 4 or 8 bytes, of which 4 are zero-extended already. */
  void result(Operand operand, int from) {
    int to = HOST[operand.register()];
    int bytes = operand.size();
    if (to >= 0) {
      if (to != from) {
        a.load(bytes, to, from);
      }
    } else {
      a.store(bytes == 4 ? 8 : bytes, place(operand.register()), from);
    }
  }

  // ---- memory ----

  /** The offset of the memory operand in its segment into R9, or where it is already. */
  int offsetOfOperand() {
    int width = in.addressSize == 8 ? 8 : 4;
    if (in.base == Insn.RIP) {
      a.load(8, R9, a.at(STATE, Workspace.PAGE));
      a.lea(width, R9, a.at(R9, (int) in.displacement + offset + in.length));
      return R9;
    }
    boolean based = in.base != Insn.NO_REGISTER;
    boolean indexed = in.index != Insn.NO_REGISTER;
    if (!based && !indexed) {
      a.constant(R9, width == 8 ? in.displacement : in.displacement & addressMask());
      return R9;
    }
    boolean plain = based && !indexed && in.displacement == 0 && in.addressSize * 8 == mode.bits();
    if (plain && HOST[in.base] >= 0 && in.addressSize >= 4) {
      return HOST[in.base];
    }
    int base = based ? use(in.base, R9) : NONE;
    int index = indexed ? use(in.index, R10) : NONE;
    a.lea(width, R9, a.at(base, index, in.scale, (int) in.displacement));
    if (in.addressSize == 2) {
      a.zeroExtend(2, R9, R9);
    }
    return R9;
  }

  private long addressMask() {
    return in.addressSize == 2 ? 0xFFFF : 0xFFFFFFFFL;
  }

  /**
   * Checks the memory operand's access, and leaves its address so that {@link #memory} names it.
   *
   * @param bytes 1, 2, 4, 8 or 16
   */
  void access(int bytes, boolean write) {
    access(bytes, write, false);
  }

  /**
   * As {@link #access(int, boolean)}, for an access that may have to be aligned to 16 bytes; #GP
   * comes before everything else then.
   */
  void access(int bytes, boolean write, boolean aligned) {
    flags.clobber();
    settled();
    check(in.segment, offsetOfOperand(), bytes, write, aligned);
  }

  /** Leaves, to come back at once, unless the XMM registers are loaded. */
  void requireXmm() {
    requireLoaded(Workspace.XMM_LOADED, stubs.xmm);
  }

  /** Leaves, to come back at once, unless the x87's registers are loaded. */
  void requireX87() {
    requireLoaded(Workspace.X87_LOADED, stubs.x87);
  }

  private void requireLoaded(int place, long stub) {
    a.with(Assembler.CMP, 4, a.at(STATE, place), 0);
    int jump = a.forward(Assembler.E);
    int site = sites.add(offset, counted - number);
    sites.resume[site] = a.here();
    cold(jump, stub, site, R9);
  }

  /** From here on the instruction may be begun anew. */
  void settled() {
    if (resume == 0) {
      resume = a.here();
    }
  }

  /**
   * Checks an access through a segment: R10 and the register {@link #address} make its address. R11
   * is lost.
   *
   * @param at the register that holds the offset; R9, unless the segment is flat
   */
  void check(int segment, int at, int bytes, boolean write) {
    check(segment, at, bytes, write, false);
  }

  /** As {@link #check(int, int, int, boolean)}, where more accesses within the page follow. */
  void checkMany(int segment, int at, int bytes, boolean write) {
    check(segment, at, bytes, write, false);
    sites.granted[checked] = 0;
  }

  private void check(int segment, int at, int bytes, boolean write, boolean aligned) {
    address = at;
    if (!isFlat(segment)) {
      throughSegment(segment, at, bytes, write);
    }
    if (aligned) {
      a.testConstant(1, address, 15);
      interpretIf(Assembler.NE);
    }
    int entry = mode.translations(mmu);
    a.load(4, R10, address);
    a.shift(Assembler.SHR, 4, R10, 7);
    a.with(Assembler.AND, 4, R10, (mmu.tlb().entries() - 1) * Tlb.ENTRY);
    if (bytes == 1) {
      a.load(8, R11, address);
    } else {
      a.lea(8, R11, a.at(address, bytes - 1));
    }
    a.with(Assembler.AND, 8, R11, -4096);
    a.from(
        Assembler.CMP, 8, R11, a.at(STATE, R10, 0, entry + (write ? Tlb.WRITE_TAG : Tlb.READ_TAG)));
    int site = sites.add(offset, counted - number);
    sites.resume[site] = resume;
    sites.access[site] = bytes | (write ? 0x100 : 0);
    cold(a.forward(Assembler.NE), stubs.miss, site, address);
    a.load(8, R10, a.at(STATE, R10, 0, entry + Tlb.HOST_ADDEND));
    sites.granted[site] = a.here();
    checked = site;
  }

  private boolean isFlat(int segment) {
    return isFlat(mode, segment);
  }

  /** Whether a segment lets every access pass and has no base. */
  static boolean isFlat(Mode mode, int segment) {
    return segment < Cpu.FS && (mode.bits() == 64 || mode.flat() && segment != Cpu.CS);
  }

  private void throughSegment(int segment, int at, int bytes, boolean write) {
    if (mode.bits() != 64) {
      a.lea(8, R11, a.at(at, bytes - 1));
      int high = write ? Workspace.WRITE_HIGH : Workspace.READ_HIGH;
      int low = write ? Workspace.WRITE_LOW : Workspace.READ_LOW;
      a.from(Assembler.CMP, 8, R11, a.at(STATE, high + 8 * segment));
      interpretIf(Assembler.A);
      a.from(Assembler.CMP, 8, at, a.at(STATE, low + 8 * segment));
      interpretIf(Assembler.B);
    }
    a.copy(R9, at);
    a.from(
        Assembler.ADD,
        mode.bits() == 64 ? 8 : 4,
        R9,
        a.at(STATE, Workspace.SEGMENT_BASE + 8 * segment));
    address = R9;
  }

  /** Names what {@link #access} checked. */
  int memory() {
    return a.at(address, R10, 0, 0);
  }

  // ---- ways out ----

  private void cold(int jump, long stub, int site, int addressRegister) {
    cold.add(new Cold(jump, stub, site, addressRegister));
  }

  /** Leaves the instruction under way to the interpreter, which begins it, under a condition. */
  void interpretIf(int condition) {
    cold(a.forward(condition), stubs.step, sites.add(offset, counted - number), R9);
  }

  /**
   * Counts the instructions of the block that starts at an offset; leaves where there are not ticks
   * enough for them.
   */
  void count(int start) {
    a.with(Assembler.SUB, 4, BUDGET, counted);
    cold(a.forward(Assembler.S), stubs.budget, sites.add(start, counted), R9);
  }

  /**
   * Leaves the instruction to the interpreter unless R11 holds a canonical address, which {@link
   * Workspace#SCRATCH} has a copy of. R11 is lost.
   */
  void requireCanonical() {
    if (mode.bits() == 64) {
      a.shift(Assembler.SHL, 8, R11, 16);
      a.shift(Assembler.SAR, 8, R11, 16);
      a.from(Assembler.CMP, 8, R11, a.at(STATE, Workspace.SCRATCH));
      interpretIf(Assembler.NE);
    }
  }

  /** Leaves the instruction under way between two iterations, for there are no ticks left. */
  void leaveBetween() {
    leave(stubs.budget, sites.add(offset, counted - number));
  }

  /** Spends ticks beyond the one that the instruction under way takes. */
  void spend(int ticks) {
    a.with(Assembler.ADD, 4, a.at(STATE, Workspace.EXTRA), ticks);
    a.with(Assembler.SUB, 4, BUDGET, ticks);
  }

  /** Leaves for good: the instruction at an offset of the page is the interpreter's. */
  void interpret(Insn insn, int inPage) {
    flags.settle();
    int site = sites.add(inPage, 0);
    sites.insn[site] = insn;
    leave(stubs.step, site);
  }

  private void leave(long stub, int site) {
    a.storeConstant(4, a.at(STATE, Workspace.SITE), site);
    a.jump(stub);
  }

  static boolean isInPage(int offset) {
    return offset >= 0 && offset <= 0xFFF;
  }

  /**
   * Goes on at an offset from the page's start. Within the page that is a jump, patched when there
   * is code for it; beyond, the jump cache is asked.
   *
   * @param known the code of the target, or 0
   */
  void goTo(int inPage, long known) {
    flags.save();
    if (!isInPage(inPage)) {
      a.load(8, R9, a.at(STATE, Workspace.PAGE));
      a.lea(mode.bits() == 64 ? 8 : 4, R9, a.at(R9, inPage));
      goToAddress();
      return;
    }
    if (known != 0) {
      a.jump(known);
      return;
    }
    int jump = a.forward();
    int site = sites.add(inPage, 0);
    sites.resume[site] = a.here();
    cold(jump, stubs.edge, site, R9);
  }

  /** As {@link #goTo} within the page, under a condition; the flags are at home. */
  void goIf(int condition, int inPage, long known) {
    if (known != 0) {
      a.jumpIf(condition, known);
      return;
    }
    int jump = a.forward(condition);
    int site = sites.add(inPage, 0);
    sites.resume[site] = a.here();
    cold(jump, stubs.edge, site, R9);
  }

  /** Goes on at the offset in CS that R9 holds, which is known to be canonical. */
  void goToAddress() {
    if (!mode.flat()) {
      a.jump(stubs.lookup);
      return;
    }
    int jumps = lookUp();
    a.jumpIf(Assembler.NE, stubs.lookup);
    follow(jumps);
  }

  /** Leaves for the code at the offset in CS that R9 holds. */
  void lookUpOutside() {
    a.jump(stubs.lookup);
  }

  /** Looks in the jump cache for what R9 holds: equal if it is there; R11 selects the entry. */
  int lookUp() {
    int jumps = Workspace.jumps(modeNumber);
    a.load(4, R11, R9);
    a.shift(Assembler.SHR, 4, R11, Workspace.JUMP_SHIFT);
    a.to(Assembler.XOR, 4, R11, R9);
    a.with(Assembler.AND, 4, R11, Workspace.JUMP_MASK);
    a.from(Assembler.CMP, 8, R9, a.at(STATE, R11, 3, jumps));
    return jumps;
  }

  /**
   * Leaves unless the page behind holds what it held when the instruction that reaches into it was
   * decoded: then the jump cache leads from its end to a certain place, which is filled in later.
   */
  void requireNextPage() {
    a.load(8, R9, a.at(STATE, Workspace.PAGE));
    a.lea(mode.bits() == 64 ? 8 : 4, R9, a.at(R9, offset + in.length));
    int jumps = lookUp();
    int site = sites.add(offset, counted - number);
    cold(a.forward(Assembler.NE), stubs.cross, site, R9);
    a.patchable(R10, 0);
    sites.resume[site] = a.here();
    sites.insn[site] = in;
    crossing = site;
    a.from(Assembler.CMP, 8, R10, a.at(STATE, R11, 3, jumps + 8));
    cold(a.forward(Assembler.NE), stubs.cross, site, R9);
  }

  /** Goes to what {@link #lookUp} found. */
  void follow(int jumps) {
    a.load(8, R11, a.at(STATE, R11, 3, jumps + 8));
    a.with(Assembler.AND, 8, R9, -4096);
    a.store(8, a.at(STATE, Workspace.PAGE), R9);
    a.jumpTo(R11);
  }

  /** The number of {@link #mode}. */
  int modeNumber;

  /** Has code made at the block's end, where a condition jumps to it. */
  void coldIf(int condition, Runnable code) {
    int jump = a.forward(condition);
    later.add(() -> {
      a.land(jump);
      code.run();
    });
  }

  /** Emits what jumps out of the straight path lead to. */
  void end() {
    later.forEach(Runnable::run);
    later.clear();
    for (Cold way : cold) {
      a.land(way.jump);
      if (way.stub == stubs.miss) {
        a.copy(R9, way.address);
      }
      leave(way.stub, way.site);
    }
  }
}
