package dejavm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The arithmetic against Java's own: with 53 bits of precision it is that of doubles. */
class X87ArithmeticTest {
  private static final int ROUNDS = 20_000;
  private static final int DOUBLE_PRECISION = 0x27f;

  private static double random(Random random) {
    long exponent = 1023 - 100 + random.nextInt(200);
    long fraction = random.nextLong() >>> 12;
    int kind = random.nextInt(4);
    if (kind == 0) {
      fraction &= -1L << random.nextInt(53);
    }
    return Double.longBitsToDouble(random.nextLong() << 63 | exponent << 52 | fraction);
  }

  private static double apply(X87 f, int operation, double a, double b) {
    f.init();
    f.controlWord(DOUBLE_PRECISION);
    X87Move.fld64(f, Double.doubleToRawLongBits(a));
    long bits = Double.doubleToRawLongBits(b);
    X87Arithmetic.arithmetic(
        f, operation, Float80.significandOfFloat64(bits), Float80.signExponentOfFloat64(bits));
    return Double.longBitsToDouble(X87Move.fstp64(f));
  }

  @Test
  void doublePrecisionIsThatOfJava() {
    Random random = new Random(87);
    X87 f = new X87();
    for (int i = 0; i < ROUNDS; i++) {
      double a = random(random);
      double b = i % 3 == 0 ? a * (1 + random.nextInt(5) * 0x1p-52) : random(random);
      assertThat(apply(f, X87Arithmetic.ADD, a, b)).isEqualTo(a + b);
      assertThat(apply(f, X87Arithmetic.SUBTRACT, a, b)).isEqualTo(a - b);
      assertThat(apply(f, X87Arithmetic.SUBTRACT_REVERSED, a, b)).isEqualTo(b - a);
      assertThat(apply(f, X87Arithmetic.MULTIPLY, a, b)).isEqualTo(a * b);
      assertThat(apply(f, X87Arithmetic.DIVIDE, a, b)).isEqualTo(a / b);
      assertThat(apply(f, X87Arithmetic.DIVIDE_REVERSED, a, b)).isEqualTo(b / a);
    }
  }

  @Test
  void squareRootsAreThoseOfJava() {
    Random random = new Random(88);
    X87 f = new X87();
    for (int i = 0; i < ROUNDS; i++) {
      double a = Math.abs(random(random));
      f.init();
      f.controlWord(DOUBLE_PRECISION);
      X87Move.fld64(f, Double.doubleToRawLongBits(a));
      X87Arithmetic.fsqrt(f);
      assertThat(Double.longBitsToDouble(X87Move.fst64(f))).isEqualTo(Math.sqrt(a));
    }
  }

  @Test
  void wideQuotientsAndRootsAreExact() {
    Random random = new Random(89);
    for (int i = 0; i < ROUNDS; i++) {
      long divisor = random.nextLong() >> random.nextInt(64) | Long.MIN_VALUE;
      long high = Long.remainderUnsigned(random.nextLong() >> random.nextInt(64), divisor);
      long low = random.nextLong() >> random.nextInt(64);
      BigInteger number = unsigned(high).shiftLeft(64).add(unsigned(low));
      assertThat(unsigned(X87Division.quotient(high, low, divisor)))
          .isEqualTo(number.divide(unsigned(divisor)));
      long top = random.nextLong() >> random.nextInt(64) | 1L << 62 + random.nextInt(2);
      BigInteger square = unsigned(top).shiftLeft(64).add(unsigned(low));
      assertThat(unsigned(X87Division.root(top, low))).isEqualTo(square.sqrt());
    }
  }

  private static BigInteger unsigned(long value) {
    return new BigInteger(Long.toUnsignedString(value));
  }
}
