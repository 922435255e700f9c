package dejavm.cpu;

import dejavm.bus.Stateful;
import java.util.Arrays;

/**
 * The memory type range registers: which memory may be cached, and how.
 *
 * <p>There are no caches to be seen, so they only hold what firmware and kernels write; but what
 * the SDM reserves in them is #GP(0). Eleven registers have a byte each for eight ranges below 1
 * MiB; eight pairs of base and mask describe a range of any size; one has the type of all other
 * memory. A reset clears them, which switches them off; INIT keeps them. Source: SDM volume 3,
 * section 12.11; volume 4, table 2-2.
 */
public final class Mtrrs implements Stateful<Mtrrs.State> {
  static final int CAPABILITIES = 0xFE;
  private static final int FIRST_VARIABLE = 0x200;
  private static final int PAIRS = 8;
  private static final int FIXED_64K = 0x250;
  private static final int FIXED_16K = 0x258;
  private static final int FIXED_4K = 0x268;
  private static final int DEFAULT_TYPE = 0x2FF;

  /** IA32_MTRRCAP: eight pairs (VCNT), fixed ranges (FIX), write combining (WC). */
  private static final long WHAT_THERE_IS = PAIRS | 1 << 8 | 1 << 10;

  /** Memory types that a range can have: UC, WC, WT, WP, WB. */
  private static final int TYPES = 0b0111_0011;

  private static final long ADDRESS = (1L << Cpu.PHYSICAL_BITS) - 1 & ~0xFFFL;

  /** In a mask: the pair counts. */
  private static final long VALID = 1 << 11;

  /** In the default type: fixed ranges count (FE); any register does (E). */
  private static final long ENABLES = 3 << 10;

  private final long[] fixed = new long[11];
  private final long[] variable = new long[2 * PAIRS];
  private long defaultType;

  /**
   * What the registers hold.
   *
   * @param fixed those of the 64 KiB, the 16 KiB and the 4 KiB ranges, ascending
   * @param variable base and mask of each pair in turn
   * @param defaultType IA32_MTRR_DEF_TYPE
   */
  public record State(long[] fixed, long[] variable, long defaultType) {}

  /** Whether a model-specific register is one of these. */
  static boolean has(int index) {
    return index == CAPABILITIES || index == DEFAULT_TYPE || isVariable(index) || place(index) >= 0;
  }

  long read(int index) {
    if (index == CAPABILITIES) {
      return WHAT_THERE_IS;
    }
    if (index == DEFAULT_TYPE) {
      return defaultType;
    }
    return isVariable(index) ? variable[index - FIRST_VARIABLE] : fixed[place(index)];
  }

  /**
   * Sets a register.
   *
   * @throws Fault #GP(0) for a reserved bit, a type that there is not, and IA32_MTRRCAP
   */
  void write(int index, long value) {
    if (index == CAPABILITIES) {
      throw Fault.gp(0);
    } else if (index == DEFAULT_TYPE) {
      require((value & ~(ENABLES | 0xFF)) == 0 && isType(value));
      defaultType = value;
    } else if (isVariable(index)) {
      boolean mask = (index & 1) != 0;
      require(
          mask
              ? (value & ~(ADDRESS | VALID)) == 0
              : (value & ~(ADDRESS | 0xFF)) == 0 && isType(value));
      variable[index - FIRST_VARIABLE] = value;
    } else {
      for (int i = 0; i < 64; i += 8) {
        require(isType(value >>> i));
      }
      fixed[place(index)] = value;
    }
  }

  void reset() {
    Arrays.fill(fixed, 0);
    Arrays.fill(variable, 0);
    defaultType = 0;
  }

  private static boolean isVariable(int index) {
    return index >= FIRST_VARIABLE && index < FIRST_VARIABLE + 2 * PAIRS;
  }

  /** Where a register of fixed ranges stands among them; negative for others. */
  private static int place(int index) {
    if (index == FIXED_64K) {
      return 0;
    }
    if ((index & ~1) == FIXED_16K) {
      return 1 + index - FIXED_16K;
    }
    return (index & ~7) == FIXED_4K ? 3 + index - FIXED_4K : -1;
  }

  private static boolean isType(long value) {
    int type = (int) value & 0xFF;
    return type < 8 && (TYPES >> type & 1) != 0;
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw Fault.gp(0);
    }
  }

  @Override
  public State state() {
    return new State(fixed.clone(), variable.clone(), defaultType);
  }

  /** All that {@link #state} tells, from a place on; the place after it. */
  int words(long[] out, int from) {
    System.arraycopy(fixed, 0, out, from, fixed.length);
    int at = from + fixed.length;
    System.arraycopy(variable, 0, out, at, variable.length);
    at += variable.length;
    out[at] = defaultType;
    return at + 1;
  }

  @Override
  public void restore(State state) {
    System.arraycopy(state.fixed, 0, fixed, 0, fixed.length);
    System.arraycopy(state.variable, 0, variable, 0, variable.length);
    defaultType = state.defaultType;
  }
}
