package dejavm.cpu.decode;

import java.util.List;

/**
 * One row of the opcode table: an encoding, and what the SDM says of every instruction encoded so.
 * Flags are masks in the positions of EFLAGS; written and undefined are disjoint.
 */
public final class Row {
  /** The mnemonic; INVALID alone has no encoding. */
  public final Mnemonic mnemonic;

  /**
   * The name that assemblers know, where it is not the mnemonic's; else the mnemonic in lower case.
   */
  public final String name;

  /** The encoding, as the SDM writes it: {@code 66 0F 6F /r}. */
  public final String pattern;

  /** The operands, in the letters of SDM volume 2 appendix A: {@code Ev,Gv}; empty for none. */
  public final String operands;

  /** Flags whose value before matters. */
  public final int flagsRead;

  /** Flags that get a defined value. */
  public final int flagsWritten;

  /** Flags that the SDM leaves undefined. */
  public final int flagsUndefined;

  /** Flags may also stay as they were: a count may be zero. */
  public final boolean flagsMayStay;

  /** What follows cannot be run in the same block: control, mode, mapping or devices may change. */
  public final boolean endsBlock;

  /** LOCK is allowed, with a memory destination. */
  public final boolean lockable;

  /** Can raise an exception other than #UD. */
  public final boolean mayFault;

  /** Valid with 16- and 32-bit code segments. */
  public final boolean legacy;

  /** Valid in 64-bit mode. */
  public final boolean long64;

  /** The CPUID feature it came with, or the processor: {@code 386}, {@code SSE2}. */
  public final String feature;

  /** Which of an engine's classes carries it out. */
  public final Unit unit;

  /** Its place in the table, from 1; 0 for what is no instruction. */
  public final int index;

  final OperandSpec[] specs;
  final SizeRule sizeRule;

  /** The mandatory prefix: 0x66, 0xF3 or 0xF2; 0 where there is none. */
  final int mandatoryPrefix;

  /** The ModRM.mod field is ignored: r/m is always a register. */
  final boolean anyMod;

  /** Parts of a processor. */
  public enum Unit {
    INTEGER,
    SYSTEM,
    X87,
    /** MMX, and the integer and bitwise instructions on XMM registers. */
    PACKED,
    /** Floating point in XMM registers, and MXCSR. */
    SSE
  }

  /** How the effective operand size follows from prefixes. */
  enum SizeRule {
    /** By CS.D, 66 and REX.W. */
    NORMAL,
    /** 8 in 64-bit mode, or 2 by a prefix. */
    DEFAULT_64,
    /** 8 in 64-bit mode, whatever the prefixes. */
    FORCED_64,
    /** As usual, but REX.W is without effect. */
    AT_MOST_4,
    /** A byte, in string instructions. */
    BYTE
  }

  Row(RowText text, int index, Mnemonic mnemonic, List<OperandSpec> specs) {
    this.index = index;
    this.unit =
        text.has("sse")
            ? Unit.SSE
            : text.has("packed")
                ? Unit.PACKED
                : text.has("x87") ? Unit.X87 : text.has("system") ? Unit.SYSTEM : Unit.INTEGER;
    this.mnemonic = mnemonic;
    this.name = text.name();
    this.pattern = text.pattern();
    this.operands = text.operands();
    this.flagsRead = text.flags("r:");
    this.flagsUndefined = text.flags("u:");
    this.flagsWritten = text.flags("w:") & ~flagsUndefined;
    this.flagsMayStay = text.has("stay");
    this.endsBlock = text.has("ends");
    this.specs = specs.toArray(OperandSpec[]::new);
    boolean memory =
        mnemonic != Mnemonic.NOP
            && specs.stream().anyMatch(spec -> spec.form().memory && spec.memorySize() != 'o');
    this.lockable = text.has("lock") && !specs.isEmpty() && specs.getFirst().form().memory;
    this.mayFault = memory || text.has("fault");
    this.legacy = !text.has("o64");
    this.long64 = !text.has("i64");
    this.feature = text.feature();
    this.anyMod = text.has("anymod");
    this.mandatoryPrefix =
        text.prefix().isEmpty() || text.prefix().startsWith("N")
            ? 0
            : Integer.parseInt(text.prefix(), 16);
    this.sizeRule =
        text.has("d64")
            ? SizeRule.DEFAULT_64
            : text.has("f64")
                ? SizeRule.FORCED_64
                : text.has("max4")
                    ? SizeRule.AT_MOST_4
                    : text.has("byte") ? SizeRule.BYTE : SizeRule.NORMAL;
  }

  /** A hint: a NOP to a processor that does not know it, whatever feature it came with. */
  public boolean isHint() {
    return mnemonic == Mnemonic.NOP || mnemonic == Mnemonic.PAUSE;
  }

  @Override
  public String toString() {
    return pattern + " " + mnemonic + " " + operands;
  }
}
