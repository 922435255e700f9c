package dejavm.cpu;

/**
 * Shifts and rotates.
 *
 * <p>Counts are masked to 5 bits, to 6 for 64-bit operands; a masked count of 0 changes nothing.
 * What the SDM leaves undefined is one value here: OF after counts above 1 is what the formula for
 * a count of 1 gives on the last step; CF after shifts by more than the width is the bit that falls
 * out of the operand extended by zeros (SHL, SHR) or by its sign (SAR); AF is clear.
 */
public final class Shifts {
  private Shifts() {}

  private static int mask(long count, int size) {
    return (int) count & (size == 8 ? 63 : 31);
  }

  private static void flags(Cpu c, long result, int size, boolean carry, boolean overflow) {
    c.flagResult = Alu.extend(result, size);
    c.flagCarries = (carry ? Flags.CARRY_OUT : 0) | (carry != overflow ? Flags.CARRY_IN : 0);
  }

  private static boolean bit(long value, int bit) {
    return (value >>> bit & 1) != 0;
  }

  private static boolean top(long value, int size) {
    return bit(value, 8 * size - 1);
  }

  public static long shl(Cpu c, long value, long count, int size) {
    int n = mask(count, size);
    if (n == 0) {
      return value;
    }
    long before = Alu.truncate(value, size) << n - 1;
    long result = before << 1;
    boolean carry = top(before, size);
    flags(c, result, size, carry, top(result, size) != carry);
    return result;
  }

  public static long shr(Cpu c, long value, long count, int size) {
    int n = mask(count, size);
    if (n == 0) {
      return value;
    }
    long before = Alu.truncate(value, size) >>> n - 1;
    long result = before >>> 1;
    flags(c, result, size, bit(before, 0), top(before, size));
    return result;
  }

  public static long sar(Cpu c, long value, long count, int size) {
    int n = mask(count, size);
    if (n == 0) {
      return value;
    }
    long before = Alu.extend(value, size) >> n - 1;
    long result = before >> 1;
    flags(c, result, size, bit(before, 0), false);
    return result;
  }

  public static int shl32(Cpu c, int value, int count) {
    int n = count & 31;
    if (n == 0) {
      return value;
    }
    int before = value << n - 1;
    int result = before << 1;
    // The carry is the top bit before the last step; OF is set where that step changed it.
    c.flagResult = result;
    c.flagCarries = before & Flags.CARRY_OUT | before << 1 >>> 1 & Flags.CARRY_IN;
    return result;
  }

  public static int shr32(Cpu c, int value, int count) {
    int n = count & 31;
    if (n == 0) {
      return value;
    }
    int before = value >>> n - 1;
    int result = before >>> 1;
    int carry = before << 31;
    c.flagResult = result;
    c.flagCarries = carry | (carry ^ before & Flags.CARRY_OUT) >>> 1;
    return result;
  }

  public static int sar32(Cpu c, int value, int count) {
    int n = count & 31;
    if (n == 0) {
      return value;
    }
    int before = value >> n - 1;
    int carry = before << 31;
    c.flagResult = before >> 1;
    c.flagCarries = carry | carry >>> 1;
    return before >> 1;
  }

  public static long shl64(Cpu c, long value, long count) {
    int n = (int) count & 63;
    if (n == 0) {
      return value;
    }
    long before = value << n - 1;
    long result = before << 1;
    c.flagResult = result;
    c.flagCarries =
        (int) (before >>> 32) & Flags.CARRY_OUT | (int) (result >>> 33) & Flags.CARRY_IN;
    return result;
  }

  public static long shr64(Cpu c, long value, long count) {
    int n = (int) count & 63;
    if (n == 0) {
      return value;
    }
    long before = value >>> n - 1;
    int carry = (int) before << 31;
    c.flagResult = before >>> 1;
    c.flagCarries = carry | (carry ^ (int) (before >>> 32) & Flags.CARRY_OUT) >>> 1;
    return before >>> 1;
  }

  public static long sar64(Cpu c, long value, long count) {
    int n = (int) count & 63;
    if (n == 0) {
      return value;
    }
    long before = value >> n - 1;
    int carry = (int) before << 31;
    c.flagResult = before >> 1;
    c.flagCarries = carry | carry >>> 1;
    return before >> 1;
  }

  public static int rol32(Cpu c, int value, int count) {
    int n = count & 31;
    if (n == 0) {
      return value;
    }
    int result = Integer.rotateLeft(value, n);
    // The carry is the lowest bit; OF is set where the top bit is another.
    int other = c.flagCarries & ~(Flags.CARRY_OUT | Flags.CARRY_IN);
    c.flagCarries = other | result << 31 | result >>> 1 & Flags.CARRY_IN;
    return result;
  }

  public static int ror32(Cpu c, int value, int count) {
    int n = count & 31;
    if (n == 0) {
      return value;
    }
    int result = Integer.rotateRight(value, n);
    // The carry is the top bit; OF is set where the bit below is another.
    int other = c.flagCarries & ~(Flags.CARRY_OUT | Flags.CARRY_IN);
    c.flagCarries = other | result & (Flags.CARRY_OUT | Flags.CARRY_IN);
    return result;
  }

  public static long rol(Cpu c, long value, long count, int size) {
    int n = mask(count, size);
    if (n == 0) {
      return value;
    }
    long result = rotate(value, n % (8 * size), size);
    boolean carry = bit(result, 0);
    Alu.carryAndOverflow(c, carry, top(result, size) != carry);
    return result;
  }

  public static long ror(Cpu c, long value, long count, int size) {
    int n = mask(count, size);
    if (n == 0) {
      return value;
    }
    int width = 8 * size;
    long result = rotate(value, (width - n % width) % width, size);
    Alu.carryAndOverflow(c, top(result, size), top(result, size) != bit(result, width - 2));
    return result;
  }

  private static long rotate(long value, int left, int size) {
    long bits = Alu.truncate(value, size);
    return left == 0 ? bits : Alu.truncate(bits << left | bits >>> 8 * size - left, size);
  }

  public static long rcl(Cpu c, long value, long count, int size) {
    int width = 8 * size;
    int masked = mask(count, size);
    int n = masked % (width + 1);
    long result = Alu.truncate(value, size);
    boolean carry = c.cf();
    for (int i = 0; i < n; i++) {
      boolean out = top(result, size);
      result = Alu.truncate(result << 1, size) | (carry ? 1 : 0);
      carry = out;
    }
    if (masked != 0) {
      Alu.carryAndOverflow(c, carry, top(result, size) != carry);
    }
    return result;
  }

  public static long rcr(Cpu c, long value, long count, int size) {
    int width = 8 * size;
    int masked = mask(count, size);
    int n = masked % (width + 1);
    long result = Alu.truncate(value, size);
    boolean carry = c.cf();
    for (int i = 0; i < n; i++) {
      boolean out = bit(result, 0);
      result = result >>> 1 | (carry ? 1L << width - 1 : 0);
      carry = out;
    }
    if (masked != 0) {
      Alu.carryAndOverflow(c, carry, top(result, size) != bit(result, width - 2));
    }
    return result;
  }

  /** SHLD; a 16-bit operand shifted by more than 16 takes its bits from the source, then itself. */
  public static long shld(Cpu c, long destination, long source, long count, int size) {
    int n = mask(count, size);
    if (n == 0) {
      return destination;
    }
    int width = 8 * size;
    long high = Alu.truncate(destination, size);
    long low = Alu.truncate(source, size);
    long result;
    boolean carry;
    if (size == 2) {
      long wide = high << 32 | low << 16 | high;
      result = wide >>> 32 - n;
      carry = bit(wide, 48 - n);
    } else {
      result = high << n | low >>> width - n;
      carry = bit(high, width - n);
    }
    flags(c, result, size, carry, top(result, size) != carry);
    return result;
  }

  /** SHRD; see {@link #shld}. */
  public static long shrd(Cpu c, long destination, long source, long count, int size) {
    int n = mask(count, size);
    if (n == 0) {
      return destination;
    }
    int width = 8 * size;
    long low = Alu.truncate(destination, size);
    long high = Alu.truncate(source, size);
    long result;
    boolean carry;
    if (size == 2) {
      long wide = low << 32 | high << 16 | low;
      result = wide >>> n;
      carry = bit(wide, n - 1);
    } else {
      result = low >>> n | high << width - n;
      carry = bit(low, n - 1);
    }
    flags(c, result, size, carry, top(result, size) != bit(result, width - 2));
    return result;
  }
}
