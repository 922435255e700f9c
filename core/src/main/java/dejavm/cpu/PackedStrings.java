package dejavm.cpu;

/**
 * The comparison of strings by PCMPESTRI, PCMPESTRM, PCMPISTRI and PCMPISTRM.
 *
 * <p>The surprising fact: the elements after the end of a string are compared too, and what that
 * gives depends on the kind of comparison: two ends are equal, and the end of a needle fits
 * anything.
 *
 * <p>A control is the immediate byte: format in bits 1:0, aggregation in 3:2, polarity in 5:4, form
 * of output in bit 6. Source: Intel SDM volume 2, 4.1.
 */
public final class PackedStrings {
  private static final int WORDS = 1;
  private static final int SIGNED = 2;

  private static final int EQUAL_ANY = 0;
  private static final int RANGES = 1;
  private static final int EQUAL_EACH = 2;

  private static final int NEGATIVE = 0x10;
  private static final int ONLY_VALID = 0x20;
  private static final int LAST_OR_EXPANDED = 0x40;

  private PackedStrings() {}

  /** How many elements a register holds. */
  public static int elements(int control) {
    return (control & WORDS) == 0 ? 16 : 8;
  }

  /** The length of a string that a zero ends. */
  public static int implicitLength(long low, long high, int control) {
    int count = elements(control);
    int length = 0;
    while (length < count && element(low, high, length, control & WORDS) != 0) {
      length++;
    }
    return length;
  }

  /** The length of a string as a register gives it: the sign does not matter. */
  public static int explicitLength(long register, int control) {
    int count = elements(control);
    return register >= count || register <= -count ? count : (int) Math.abs(register);
  }

  /**
   * Compares: a bit for each element of the second string, which the SDM calls IntRes2.
   *
   * @param low the first string: the set, the ranges or the needle
   * @param length how many of its elements are valid
   * @param otherLow the second string
   */
  public static int compare(
      long low,
      long high,
      int length,
      long otherLow,
      long otherHigh,
      int otherLength,
      int control) {
    int count = elements(control);
    int aggregation = control >> 2 & 3;
    int result = 0;
    for (int at = 0; at < count; at++) {
      boolean match =
          switch (aggregation) {
            case EQUAL_ANY ->
                at < otherLength
                    && contains(
                        low, high, length, element(otherLow, otherHigh, at, control), control);
            case RANGES ->
                at < otherLength
                    && inRange(
                        low, high, length, element(otherLow, otherHigh, at, control), control);
            case EQUAL_EACH ->
                at < length && at < otherLength
                    ? element(low, high, at, control) == element(otherLow, otherHigh, at, control)
                    : at >= length && at >= otherLength;
            default -> startsAt(low, high, length, otherLow, otherHigh, otherLength, at, control);
          };
      result |= match ? 1 << at : 0;
    }
    if ((control & NEGATIVE) != 0) {
      result ^= (1 << ((control & ONLY_VALID) == 0 ? count : otherLength)) - 1;
    }
    return result;
  }

  /** The index of the first or last match; where there is none, the number of elements. */
  public static int index(int result, int control) {
    if (result == 0) {
      return elements(control);
    }
    return (control & LAST_OR_EXPANDED) == 0
        ? Integer.numberOfTrailingZeros(result)
        : 31 - Integer.numberOfLeadingZeros(result);
  }

  /**
   * Half of the mask: the bits themselves in the low half, or ones in every element that matches.
   */
  public static long mask(int result, int control, boolean upper) {
    if ((control & LAST_OR_EXPANDED) == 0) {
      return upper ? 0 : result;
    }
    int width = 128 / elements(control);
    return PackedShuffles.blendMask(upper ? result >> 64 / width : result, width);
  }

  /** CF: there is a match; ZF: the second string ends; SF: the first does; OF: at the first. */
  public static int flags(int result, int length, int otherLength, int control) {
    int count = elements(control);
    return (result != 0 ? Flags.CF : 0)
        | (otherLength < count ? Flags.ZF : 0)
        | (length < count ? Flags.SF : 0)
        | ((result & 1) != 0 ? Flags.OF : 0);
  }

  private static int element(long low, long high, int at, int control) {
    if ((control & WORDS) == 0) {
      int value = (int) ((at < 8 ? low : high) >>> 8 * (at & 7));
      return (control & SIGNED) == 0 ? value & 0xFF : (byte) value;
    }
    int value = (int) ((at < 4 ? low : high) >>> 16 * (at & 3));
    return (control & SIGNED) == 0 ? value & 0xFFFF : (short) value;
  }

  private static boolean contains(long low, long high, int length, int value, int control) {
    for (int i = 0; i < length; i++) {
      if (element(low, high, i, control) == value) {
        return true;
      }
    }
    return false;
  }

  /** A range without its upper bound contains nothing. */
  private static boolean inRange(long low, long high, int length, int value, int control) {
    for (int i = 0; i + 1 < length; i += 2) {
      if (element(low, high, i, control) <= value && value <= element(low, high, i + 1, control)) {
        return true;
      }
    }
    return false;
  }

  /** What reaches beyond the register counts as found, so that a search can go on there. */
  private static boolean startsAt(
      long low,
      long high,
      int length,
      long otherLow,
      long otherHigh,
      int otherLength,
      int at,
      int control) {
    int compared = Math.min(length, elements(control) - at);
    for (int i = 0; i < compared; i++) {
      boolean same =
          at + i < otherLength
              && element(low, high, i, control) == element(otherLow, otherHigh, at + i, control);
      if (!same) {
        return false;
      }
    }
    return true;
  }
}
