package dejavm.cpu.translate;

import static dejavm.cpu.translate.Assembler.R10;
import static dejavm.cpu.translate.Assembler.R11;

/**
 * Where the guest's arithmetic flags are while a block is made. They are at home in the {@link
 * Workspace}; an instruction leaves them in the host's flags first, from where they are saved when
 * somebody may look at them and the host's flags are about to change.
 *
 * <p>What the SDM leaves undefined is not left to the host: saving gives those flags the values
 * that {@code dejavm.cpu} defines.
 */
final class FlagState {
  static final int CF = 1;
  static final int PF = 4;
  static final int AF = 0x10;
  static final int ZF = 0x40;
  static final int SF = 0x80;
  static final int OF = 0x800;
  static final int ALL = CF | PF | AF | ZF | SF | OF;

  /** What the host's flags hold. */
  enum Kind {
    /** Nothing: they are at home, or nobody looks at them. */
    NONE,
    /** All six. */
    EXACT,
    /** All but AF, which is clear. */
    NO_AF,
    /** As {@link #NO_AF}, and OF tells whether CF and SF differ: SHL. */
    LEFT,
    /** As {@link #NO_AF}, and OF is clear: SHR and SAR by more than one. */
    NO_OF
  }

  private final Emission e;
  private Kind held = Kind.NONE;
  private Kind logic = Kind.NO_AF;

  /** By instruction: the flags that may be looked at before, and after it. */
  private int[] before = new int[65];

  FlagState(Emission emission) {
    e = emission;
  }

  void begin() {
    held = Kind.NONE;
  }

  /** Tells of what the host does to AF in AND, OR, XOR and TEST. */
  void logicClearsAf(boolean clears) {
    logic = clears ? Kind.EXACT : Kind.NO_AF;
  }

  /** What the host's flags hold after AND, OR, XOR and TEST. */
  Kind logic() {
    return logic;
  }

  /** Tells of the flags that may be looked at before an instruction, or at the block's end. */
  void live(int number, int flags) {
    before[number] = flags;
  }

  /** The flags that may be looked at before the instruction under way changes them. */
  private int liveBefore() {
    return before[e.number];
  }

  int liveAfter() {
    return before[e.number + 1];
  }

  /** What the host's flags hold. */
  Kind held() {
    return held;
  }

  /** The host's flags are about to change before the instruction under way changes the guest's. */
  void clobber() {
    if (held != Kind.NONE && liveBefore() != 0) {
      save();
    }
    held = Kind.NONE;
  }

  /** The instruction under way has put flags into those of the host. */
  void produced(Kind kind) {
    held = liveAfter() == 0 ? Kind.NONE : kind;
  }

  /** The instruction under way brought the flags home itself. */
  void home() {
    held = Kind.NONE;
  }

  /** Whether bringing the flags home leaves the host's as they are. */
  boolean savesQuietly() {
    return held == Kind.EXACT;
  }

  /** Brings the flags home. */
  void settle() {
    save();
    held = Kind.NONE;
  }

  /** Brings the flags home, and leaves them in the host's as well, until something is changed. */
  void save() {
    Assembler a = e.a;
    switch (held) {
      case NONE -> {}
      case EXACT -> {
        a.byte1(0x9C);
        // POP of memory.
        a.modrm(0x8F, 4, 0, home(0), 0);
      }
      case NO_AF -> saveWithout(AF);
      case NO_OF -> saveWithout(AF | OF);
      case LEFT -> {
        a.flagsInto(R10);
        overflowFromSign(R10);
        a.store(4, home(0), R10);
      }
    }
  }

  /** Clears AF, and sets OF to whether CF and SF differ, in what R10 holds. R11 is lost. */
  void overflowFromSign(int register) {
    Assembler a = e.a;
    // SF is bit 7 and CF bit 0: brought to bit 11, they make OF.
    a.with(Assembler.AND, 4, register, SF | ZF | PF | CF);
    a.load(4, R11, register);
    a.shift(Assembler.SHL, 4, R11, 4);
    a.with(Assembler.AND, 4, R11, OF);
    a.to(Assembler.OR, 4, register, R11);
    a.load(4, R11, register);
    a.with(Assembler.AND, 4, R11, CF);
    a.shift(Assembler.SHL, 4, R11, 11);
    a.to(Assembler.XOR, 4, register, R11);
  }

  private void saveWithout(int flags) {
    e.a.flagsInto(R10);
    e.a.with(Assembler.AND, 4, R10, ~flags);
    e.a.store(4, home(0), R10);
  }

  private int home(int offset) {
    return e.a.at(Emission.STATE, Workspace.FLAGS + offset);
  }

  /** CF into that of the host, from where it is. */
  void loadCarry() {
    if (held == Kind.NONE) {
      e.a.bit(4, 4, home(0), 0);
    }
  }

  /** Sets or clears CF at home, by what the host's says; other flags are at home and stay. */
  void storeCarry() {
    Assembler a = e.a;
    a.set(Assembler.B, R11);
    a.with(Assembler.AND, 1, home(0), ~CF);
    a.to(Assembler.OR, 1, home(0), R11);
  }

  /**
   * Makes a condition of the guest one of the host. R9, R10 and R11 may be lost, and the host's
   * flags, if the guest's are not in them.
   *
   * @param code the low four bits of Jcc
   * @return the host's condition
   */
  int condition(int code) {
    boolean exact = held == Kind.EXACT || held == Kind.NO_AF;
    if (exact) {
      return code;
    }
    if (held != Kind.NONE) {
      settle();
    }
    Assembler a = e.a;
    switch (code >> 1) {
      case 0 -> a.testConstant(1, home(1), OF >> 8);
      case 1 -> a.testConstant(1, home(0), CF);
      case 2 -> a.testConstant(1, home(0), ZF);
      case 3 -> a.testConstant(1, home(0), CF | ZF);
      case 4 -> a.testConstant(1, home(0), SF);
      case 5 -> a.testConstant(1, home(0), PF);
      case 6 -> {
        signAgainstOverflow();
        a.testConstant(4, R11, OF);
      }
      default -> {
        signAgainstOverflow();
        a.with(Assembler.AND, 4, R11, OF);
        a.load(4, R10, home(0));
        a.with(Assembler.AND, 4, R10, ZF);
        a.to(Assembler.OR, 4, R11, R10);
      }
    }
    return (code & 1) == 0 ? Assembler.NE : Assembler.E;
  }

  /** Bit 11 of R11 tells whether SF and OF differ. */
  private void signAgainstOverflow() {
    e.a.load(4, R11, home(0));
    e.a.shift(Assembler.SHL, 4, R11, 4);
    e.a.from(Assembler.XOR, 4, R11, home(0));
  }

  /** Brings home what a scratch register holds in EFLAGS positions. */
  void store(int register) {
    e.a.store(4, home(0), register);
    held = Kind.NONE;
  }

  void load(int register) {
    e.a.load(4, register, home(0));
  }
}
