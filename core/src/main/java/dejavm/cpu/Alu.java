package dejavm.cpu;

/**
 * Integer arithmetic and logic.
 *
 * <p>Operands are longs of which the low {@code size} bytes count; results are to be truncated by
 * whoever stores them. The forms with a suffix are for 32 bits and for the engines' fast paths.
 *
 * <p>What the SDM leaves undefined is one value here: AF is clear after AND, OR, XOR and TEST;
 * after MUL and IMUL SF, ZF and PF describe the low half and AF is clear; after DIV and IDIV all
 * flags are as before; after AAM, AAD, DAA and DAS OF is clear.
 */
public final class Alu {
  private Alu() {}

  /** The low {@code size} bytes, sign-extended. */
  public static long extend(long value, int size) {
    int shift = 64 - 8 * size;
    return value << shift >> shift;
  }

  /** The low {@code size} bytes, zero-extended. */
  public static long truncate(long value, int size) {
    int shift = 64 - 8 * size;
    return value << shift >>> shift;
  }

  private static int fold(long carries, int size) {
    return (int) (carries << 64 - 8 * size >>> 32) & (Flags.CARRY_OUT | Flags.CARRY_IN)
        | (int) carries & Flags.CARRY_3;
  }

  private static long sum(Cpu c, long a, long b, long carry, int size) {
    long sum = a + b + carry;
    c.flagCarries = fold(a & b | (a | b) & ~sum, size);
    c.flagResult = extend(sum, size);
    return sum;
  }

  private static long difference(Cpu c, long a, long b, long borrow, int size) {
    long difference = a - b - borrow;
    c.flagCarries = fold(~a & b | ~(a ^ b) & difference, size);
    c.flagResult = extend(difference, size);
    return difference;
  }

  public static long add(Cpu c, long a, long b, int size) {
    return sum(c, a, b, 0, size);
  }

  public static long adc(Cpu c, long a, long b, int size) {
    return sum(c, a, b, c.cf() ? 1 : 0, size);
  }

  public static long sub(Cpu c, long a, long b, int size) {
    return difference(c, a, b, 0, size);
  }

  public static long sbb(Cpu c, long a, long b, int size) {
    return difference(c, a, b, c.cf() ? 1 : 0, size);
  }

  /** Sets the flags of AND, OR, XOR and TEST for a result. */
  public static long logic(Cpu c, long result, int size) {
    c.flagCarries = 0;
    c.flagResult = extend(result, size);
    return result;
  }

  public static long inc(Cpu c, long a, int size) {
    int before = c.flagCarries;
    long result = sum(c, a, 1, 0, size);
    keepCarry(c, before);
    return result;
  }

  public static long dec(Cpu c, long a, int size) {
    int before = c.flagCarries;
    long result = difference(c, a, 1, 0, size);
    keepCarry(c, before);
    return result;
  }

  /** Gives CF back the value it had, leaving OF as it is now. */
  private static void keepCarry(Cpu c, int before) {
    int changed = (c.flagCarries ^ before) & Flags.CARRY_OUT;
    c.flagCarries ^= changed | changed >>> 1;
  }

  public static int add32(Cpu c, int a, int b) {
    int sum = a + b;
    c.flagCarries = (a & b | (a | b) & ~sum) & Flags.CARRIES;
    c.flagResult = sum;
    return sum;
  }

  public static int adc32(Cpu c, int a, int b) {
    int sum = a + b + (c.flagCarries >>> 31);
    c.flagCarries = (a & b | (a | b) & ~sum) & Flags.CARRIES;
    c.flagResult = sum;
    return sum;
  }

  public static int sub32(Cpu c, int a, int b) {
    int difference = a - b;
    c.flagCarries = (~a & b | ~(a ^ b) & difference) & Flags.CARRIES;
    c.flagResult = difference;
    return difference;
  }

  public static int sbb32(Cpu c, int a, int b) {
    int difference = a - b - (c.flagCarries >>> 31);
    c.flagCarries = (~a & b | ~(a ^ b) & difference) & Flags.CARRIES;
    c.flagResult = difference;
    return difference;
  }

  public static int logic32(Cpu c, int result) {
    c.flagCarries = 0;
    c.flagResult = result;
    return result;
  }

  public static int inc32(Cpu c, int a) {
    int before = c.flagCarries;
    int sum = add32(c, a, 1);
    keepCarry(c, before);
    return sum;
  }

  public static int dec32(Cpu c, int a) {
    int before = c.flagCarries;
    int difference = sub32(c, a, 1);
    keepCarry(c, before);
    return difference;
  }

  /** The carries of a 64-bit sum or difference, as the flags hold them. */
  private static int fold64(long carries) {
    return (int) (carries >>> 32) & (Flags.CARRY_OUT | Flags.CARRY_IN)
        | (int) carries & Flags.CARRY_3;
  }

  public static long add64(Cpu c, long a, long b) {
    long sum = a + b;
    c.flagCarries = fold64(a & b | (a | b) & ~sum);
    c.flagResult = sum;
    return sum;
  }

  public static long adc64(Cpu c, long a, long b) {
    long sum = a + b + (c.flagCarries >>> 31);
    c.flagCarries = fold64(a & b | (a | b) & ~sum);
    c.flagResult = sum;
    return sum;
  }

  public static long sub64(Cpu c, long a, long b) {
    long difference = a - b;
    c.flagCarries = fold64(~a & b | ~(a ^ b) & difference);
    c.flagResult = difference;
    return difference;
  }

  public static long sbb64(Cpu c, long a, long b) {
    long difference = a - b - (c.flagCarries >>> 31);
    c.flagCarries = fold64(~a & b | ~(a ^ b) & difference);
    c.flagResult = difference;
    return difference;
  }

  public static long logic64(Cpu c, long result) {
    c.flagCarries = 0;
    c.flagResult = result;
    return result;
  }

  public static long inc64(Cpu c, long a) {
    int before = c.flagCarries;
    long sum = add64(c, a, 1);
    keepCarry(c, before);
    return sum;
  }

  public static long dec64(Cpu c, long a) {
    int before = c.flagCarries;
    long difference = sub64(c, a, 1);
    keepCarry(c, before);
    return difference;
  }

  /** Sets CF alone. */
  public static void carry(Cpu c, boolean carry) {
    if (c.cf() != carry) {
      c.flagCarries ^= Flags.CARRY_OUT | Flags.CARRY_IN;
    }
  }

  /** Sets CF and OF alone. */
  static void carryAndOverflow(Cpu c, boolean carry, boolean overflow) {
    c.flagCarries =
        c.flagCarries & ~(Flags.CARRY_OUT | Flags.CARRY_IN)
            | (carry ? Flags.CARRY_OUT : 0)
            | (carry != overflow ? Flags.CARRY_IN : 0);
  }

  /** Sets ZF alone. */
  public static void zero(Cpu c, boolean zero) {
    int flags = c.arithmeticFlags() & ~Flags.ZF;
    c.setArithmeticFlags(zero ? flags | Flags.ZF : flags);
  }

  // ---- multiplication and division ----

  private static void product(Cpu c, long low, int size, boolean overflow) {
    c.flagResult = extend(low, size);
    c.flagCarries = overflow ? Flags.CARRY_OUT : 0;
  }

  /** MUL: the accumulator times an operand, into the accumulator pair. */
  public static void mul(Cpu c, long operand, int size) {
    long[] r = c.r;
    if (size == 8) {
      long low = r[Cpu.RAX] * operand;
      long high = Math.unsignedMultiplyHigh(r[Cpu.RAX], operand);
      r[Cpu.RAX] = low;
      r[Cpu.RDX] = high;
      product(c, low, 8, high != 0);
      return;
    }
    long product = truncate(r[Cpu.RAX], size) * truncate(operand, size);
    pair(c, product, size);
    product(c, product, size, product >>> 8 * size != 0);
  }

  /** IMUL with one operand. */
  public static void imul(Cpu c, long operand, int size) {
    long[] r = c.r;
    if (size == 8) {
      long low = r[Cpu.RAX] * operand;
      long high = Math.multiplyHigh(r[Cpu.RAX], operand);
      r[Cpu.RAX] = low;
      r[Cpu.RDX] = high;
      product(c, low, 8, high != low >> 63);
      return;
    }
    long product = extend(r[Cpu.RAX], size) * extend(operand, size);
    pair(c, product, size);
    product(c, product, size, product != extend(product, size));
  }

  /** IMUL with two or three operands. */
  public static long imul(Cpu c, long a, long b, int size) {
    if (size == 8) {
      long low = a * b;
      product(c, low, 8, Math.multiplyHigh(a, b) != low >> 63);
      return low;
    }
    long product = extend(a, size) * extend(b, size);
    product(c, product, size, product != extend(product, size));
    return product;
  }

  public static int imul32(Cpu c, int a, int b) {
    long product = (long) a * b;
    c.flagResult = (int) product;
    c.flagCarries = product != (int) product ? Flags.CARRY_OUT : 0;
    return (int) product;
  }

  /** MUL of EAX. */
  public static void mul32(Cpu c, int b) {
    long product = (c.r[Cpu.RAX] & 0xFFFFFFFFL) * (b & 0xFFFFFFFFL);
    c.r[Cpu.RAX] = product & 0xFFFFFFFFL;
    c.r[Cpu.RDX] = product >>> 32;
    c.flagResult = (int) product;
    c.flagCarries = product >>> 32 != 0 ? Flags.CARRY_OUT : 0;
  }

  /** Stores a double-width value in AX, DX:AX or EDX:EAX. */
  private static void pair(Cpu c, long value, int size) {
    if (size == 1) {
      write(c, Cpu.RAX, value, 2);
    } else {
      write(c, Cpu.RAX, value, size);
      write(c, Cpu.RDX, value >>> 8 * size, size);
    }
  }

  private static long pair(Cpu c, int size) {
    if (size == 1) {
      return truncate(c.r[Cpu.RAX], 2);
    }
    return truncate(c.r[Cpu.RDX], size) << 8 * size | truncate(c.r[Cpu.RAX], size);
  }

  public static void div(Cpu c, long operand, int size) {
    long divisor = truncate(operand, size);
    if (divisor == 0) {
      throw Fault.of(Fault.DE);
    }
    if (size == 8) {
      divide128(c, divisor);
      return;
    }
    long dividend = pair(c, size);
    long quotient = Long.divideUnsigned(dividend, divisor);
    if (truncate(quotient, size) != quotient) {
      throw Fault.of(Fault.DE);
    }
    quotientAndRemainder(c, quotient, Long.remainderUnsigned(dividend, divisor), size);
  }

  public static void idiv(Cpu c, long operand, int size) {
    long divisor = extend(operand, size);
    if (divisor == 0) {
      throw Fault.of(Fault.DE);
    }
    if (size == 8) {
      divideSigned128(c, divisor);
      return;
    }
    long dividend = extend(pair(c, size), size == 1 ? 2 : 2 * size);
    long quotient = dividend / divisor;
    if (extend(quotient, size) != quotient || dividend == Long.MIN_VALUE && divisor == -1) {
      throw Fault.of(Fault.DE);
    }
    quotientAndRemainder(c, quotient, dividend % divisor, size);
  }

  private static void quotientAndRemainder(Cpu c, long quotient, long remainder, int size) {
    if (size == 1) {
      write(c, Cpu.RAX, quotient & 0xFF | (remainder & 0xFF) << 8, 2);
    } else {
      write(c, Cpu.RAX, quotient, size);
      write(c, Cpu.RDX, remainder, size);
    }
  }

  private static void divide128(Cpu c, long divisor) {
    long high = c.r[Cpu.RDX];
    long low = c.r[Cpu.RAX];
    if (Long.compareUnsigned(high, divisor) >= 0) {
      throw Fault.of(Fault.DE);
    }
    long remainder = high;
    long quotient = 0;
    for (int bit = 63; bit >= 0; bit--) {
      boolean carry = remainder < 0;
      remainder = remainder << 1 | low >>> bit & 1;
      if (carry || Long.compareUnsigned(remainder, divisor) >= 0) {
        remainder -= divisor;
        quotient |= 1L << bit;
      }
    }
    c.r[Cpu.RAX] = quotient;
    c.r[Cpu.RDX] = remainder;
  }

  private static void divideSigned128(Cpu c, long divisor) {
    long high = c.r[Cpu.RDX];
    long low = c.r[Cpu.RAX];
    boolean negative = high < 0;
    if (negative) {
      low = -low;
      high = ~high + (low == 0 ? 1 : 0);
    }
    long magnitude = Math.abs(divisor);
    if (Long.compareUnsigned(high, magnitude) >= 0) {
      throw Fault.of(Fault.DE);
    }
    long saveA = c.r[Cpu.RAX];
    long saveD = c.r[Cpu.RDX];
    c.r[Cpu.RAX] = low;
    c.r[Cpu.RDX] = high;
    divide128(c, magnitude);
    long quotient = c.r[Cpu.RAX];
    boolean negate = negative != divisor < 0;
    if (quotient < 0 && !(negate && quotient == Long.MIN_VALUE)) {
      c.r[Cpu.RAX] = saveA;
      c.r[Cpu.RDX] = saveD;
      throw Fault.of(Fault.DE);
    }
    c.r[Cpu.RAX] = negate ? -quotient : quotient;
    if (negative) {
      c.r[Cpu.RDX] = -c.r[Cpu.RDX];
    }
  }

  // ---- registers ----

  /** Writes a general register: 8 and 16 bits leave the rest, 32 bits clear the upper half. */
  public static void write(Cpu c, int register, long value, int size) {
    long[] r = c.r;
    r[register] =
        switch (size) {
          case 1 -> r[register] & ~0xFFL | value & 0xFF;
          case 2 -> r[register] & ~0xFFFFL | value & 0xFFFF;
          case 4 -> value & 0xFFFFFFFFL;
          default -> value;
        };
  }

  // ---- compare and exchange ----

  /** The comparison of CMPXCHG; sets the flags. */
  public static boolean compareAccumulator(Cpu c, long destination, int size) {
    sub(c, c.r[Cpu.RAX], destination, size);
    return c.zf();
  }

  // ---- bits ----

  /** BSWAP; of 16 bits the result is 0, as on most processors. */
  public static long bswap(long value, int size) {
    return switch (size) {
      case 8 -> Long.reverseBytes(value);
      case 4 -> Integer.reverseBytes((int) value) & 0xFFFFFFFFL;
      default -> 0;
    };
  }

  /** The bytes in reverse order: MOVBE, of 16 bits too. */
  public static long reverse(long value, int size) {
    return Long.reverseBytes(value) >>> 64 - 8 * size;
  }

  /** POPCNT: ZF tells of a source of 0, the other flags are clear. */
  public static long popcnt(Cpu c, long source, int size) {
    long bits = truncate(source, size);
    c.setArithmeticFlags(bits == 0 ? Flags.ZF : 0);
    return Long.bitCount(bits);
  }

  /**
   * CRC32: goes on with a CRC-32C, bits reflected, of the polynomial 11EDC6F41.
   *
   * @return zero-extended
   */
  public static long crc32(int crc, long source, int size) {
    int rest = crc;
    for (int i = 0; i < size; i++) {
      rest ^= (int) (source >>> 8 * i) & 0xFF;
      for (int bit = 0; bit < 8; bit++) {
        rest = rest >>> 1 ^ ((rest & 1) != 0 ? 0x82F63B78 : 0);
      }
    }
    return rest & 0xFFFFFFFFL;
  }

  // ---- conversions ----

  /** CBW, CWDE, CDQE: {@code size} is that of the result. */
  public static void cbw(Cpu c, int size) {
    write(c, Cpu.RAX, extend(c.r[Cpu.RAX], size / 2), size);
  }

  /** CWD, CDQ, CQO: {@code size} is that of each half. */
  public static void cwd(Cpu c, int size) {
    write(c, Cpu.RDX, extend(c.r[Cpu.RAX], size) >> 63, size);
  }

  // ---- decimal ----

  public static void daa(Cpu c) {
    decimal(c, 1);
  }

  public static void das(Cpu c) {
    decimal(c, -1);
  }

  private static void decimal(Cpu c, int sign) {
    int al = (int) c.r[Cpu.RAX] & 0xFF;
    int flags = 0;
    int result = al;
    boolean carry = c.cf();
    if ((al & 15) > 9 || c.af()) {
      result += 6 * sign;
      flags |= Flags.AF;
      if (carry || sign > 0 && result > 0xFF || sign < 0 && result < 0) {
        flags |= Flags.CF;
      }
    }
    if (al > 0x99 || carry) {
      result += 0x60 * sign;
      flags |= Flags.CF;
    }
    write(c, Cpu.RAX, result, 1);
    c.setArithmeticFlags(flags | resultFlags(result));
  }

  private static int resultFlags(int result) {
    int b = result & 0xFF;
    return (b == 0 ? Flags.ZF : 0) | b & Flags.SF | (Flags.parity(b) ? Flags.PF : 0);
  }

  public static void aaa(Cpu c) {
    ascii(c, 1);
  }

  public static void aas(Cpu c) {
    ascii(c, -1);
  }

  private static void ascii(Cpu c, int sign) {
    int ax = (int) c.r[Cpu.RAX] & 0xFFFF;
    int flags = 0;
    if ((ax & 15) > 9 || c.af()) {
      ax += 0x106 * sign;
      flags = Flags.AF | Flags.CF;
    }
    write(c, Cpu.RAX, ax & 0xFF0F, 2);
    c.setArithmeticFlags(flags | resultFlags(ax & 0xF));
  }

  public static void aam(Cpu c, int radix) {
    if ((radix & 0xFF) == 0) {
      throw Fault.of(Fault.DE);
    }
    int al = (int) c.r[Cpu.RAX] & 0xFF;
    int low = al % (radix & 0xFF);
    write(c, Cpu.RAX, al / (radix & 0xFF) << 8 | low, 2);
    c.setArithmeticFlags(resultFlags(low));
  }

  public static void aad(Cpu c, int radix) {
    int ax = (int) c.r[Cpu.RAX];
    int al = (ax & 0xFF) + (ax >> 8 & 0xFF) * (radix & 0xFF) & 0xFF;
    write(c, Cpu.RAX, al, 2);
    c.setArithmeticFlags(resultFlags(al));
  }
}
