package dejavm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * The transcendental instructions against series summed in 320 bits: rounded to nearest, every
 * result is the number nearest to the true one.
 */
class X87TranscendentalTest {
  private static final int BITS = 320;
  private static final BigInteger ONE = BigInteger.ONE.shiftLeft(BITS);
  private static final int ROUNDS = 600;

  /** What the unit takes for pi/2: 66 bits. */
  private static final BigInteger HALF_PI =
      new BigInteger("3243f6a8885a308d3", 16).shiftLeft(BITS - 65);

  private static BigInteger times(BigInteger a, BigInteger b) {
    return a.multiply(b).shiftRight(BITS);
  }

  private static BigInteger over(BigInteger a, BigInteger b) {
    return a.shiftLeft(BITS).divide(b);
  }

  private static BigInteger sine(BigInteger x) {
    BigInteger term = x;
    BigInteger sum = x;
    for (int n = 2; term.signum() != 0; n += 2) {
      term = times(times(term, x), x).negate().divide(BigInteger.valueOf((long) n * (n + 1)));
      sum = sum.add(term);
      if (term.abs().bitLength() < 2) {
        break;
      }
    }
    return sum;
  }

  private static BigInteger cosine(BigInteger x) {
    BigInteger term = ONE;
    BigInteger sum = ONE;
    for (int n = 1; term.abs().bitLength() > 1; n += 2) {
      term = times(times(term, x), x).negate().divide(BigInteger.valueOf((long) n * (n + 1)));
      sum = sum.add(term);
    }
    return sum;
  }

  private static BigInteger exponentialLessOne(BigInteger x) {
    BigInteger term = x;
    BigInteger sum = x;
    for (int n = 2; term.abs().bitLength() > 1; n++) {
      term = times(term, x).divide(BigInteger.valueOf(n));
      sum = sum.add(term);
    }
    return sum;
  }

  /** By the series in t: slow near 1, but certain. */
  private static BigInteger artanh(BigInteger t) {
    BigInteger power = t;
    BigInteger sum = BigInteger.ZERO;
    for (int n = 1; power.abs().bitLength() > 1; n += 2) {
      sum = sum.add(power.divide(BigInteger.valueOf(n)));
      power = times(times(power, t), t);
    }
    return sum;
  }

  private static BigInteger naturalLogarithm(BigInteger x) {
    return artanh(over(x.subtract(ONE), x.add(ONE))).shiftLeft(1);
  }

  /** By halving the angle until the series is short. */
  private static BigInteger inverseTangent(BigInteger t) {
    BigInteger x = t;
    int halvings = 6;
    for (int i = 0; i < halvings; i++) {
      BigInteger root = ONE.add(times(x, x)).shiftLeft(BITS).sqrt();
      x = over(x, ONE.add(root));
    }
    BigInteger power = x;
    BigInteger sum = BigInteger.ZERO;
    for (int n = 1; power.abs().bitLength() > 1; n += 2) {
      BigInteger term = power.divide(BigInteger.valueOf(n));
      sum = n % 4 == 1 ? sum.add(term) : sum.subtract(term);
      power = times(times(power, x), x);
    }
    return sum.shiftLeft(halvings);
  }

  private static X87 unit() {
    X87 f = new X87();
    f.init();
    return f;
  }

  private static BigInteger value(X87 f, int st) {
    int register = f.physical(st);
    BigInteger magnitude = new BigInteger(Long.toUnsignedString(f.significand[register]));
    int shift = BITS - 63 + (f.signExponent[register] & Float80.MAXIMUM) - Float80.BIAS;
    BigInteger scaled = magnitude.shiftLeft(shift);
    return (f.signExponent[register] & Float80.SIGN) != 0 ? scaled.negate() : scaled;
  }

  private static void assertNearest(X87 f, int st, BigInteger exact) {
    int unit = exact.abs().bitLength() - 64;
    BigInteger error = value(f, st).subtract(exact).abs();
    assertThat(error).isLessThanOrEqualTo(BigInteger.ONE.shiftLeft(unit - 1));
  }

  private static void push(X87 f, Random random, int lowest, int highest) {
    int exponent = Float80.BIAS + lowest + random.nextInt(highest - lowest + 1);
    int sign = random.nextBoolean() ? Float80.SIGN : 0;
    X87Move.fld80(f, random.nextLong() | Float80.INTEGER, sign | exponent);
  }

  @Test
  void sinesCosinesAndTangents() {
    Random random = new Random(1);
    for (int i = 0; i < ROUNDS; i++) {
      X87 f = unit();
      push(f, random, -30, 62);
      BigInteger x = value(f, 0);
      BigInteger turns = x.add(HALF_PI.shiftRight(1).multiply(BigInteger.valueOf(x.signum())));
      BigInteger quadrant = turns.divide(HALF_PI);
      BigInteger r = x.subtract(quadrant.multiply(HALF_PI));
      int turn = quadrant.and(BigInteger.valueOf(3)).intValue();
      BigInteger s = (turn & 1) == 0 ? sine(r) : cosine(r);
      BigInteger c = (turn & 1) == 0 ? cosine(r) : sine(r).negate();
      BigInteger sine = turn >= 2 ? s.negate() : s;
      BigInteger cosine = turn >= 2 ? c.negate() : c;
      X87 tangent = unit();
      tangent.restore(f.state());
      X87Trigonometry.fsincos(f);
      assertNearest(f, 0, cosine);
      assertNearest(f, 1, sine);
      X87Trigonometry.fptan(tangent);
      assertNearest(tangent, 1, over(sine, cosine));
    }
  }

  @Test
  void powersOfTwo() {
    Random random = new Random(2);
    BigInteger ln2 = naturalLogarithm(ONE.shiftLeft(1));
    for (int i = 0; i < ROUNDS; i++) {
      X87 f = unit();
      push(f, random, -40, -1);
      BigInteger x = value(f, 0);
      X87Transcendental.f2xm1(f);
      assertNearest(f, 0, exponentialLessOne(times(x, ln2)));
    }
  }

  @Test
  void logarithms() {
    Random random = new Random(3);
    BigInteger ln2 = naturalLogarithm(ONE.shiftLeft(1));
    for (int i = 0; i < ROUNDS / 4; i++) {
      X87 f = unit();
      push(f, random, -3, 3);
      BigInteger y = value(f, 0);
      push(f, random, -1, 1);
      X87Move.fabs(f);
      BigInteger x = value(f, 0);
      X87Transcendental.fyl2x(f);
      assertNearest(f, 0, over(times(y, naturalLogarithm(x)), ln2));
      y = value(f, 0);
      push(f, random, -40, -3);
      BigInteger z = value(f, 0);
      X87Transcendental.fyl2xp1(f);
      assertNearest(f, 0, over(times(y, naturalLogarithm(ONE.add(z))), ln2));
    }
  }

  @Test
  void angles() {
    Random random = new Random(4);
    BigInteger pi = inverseTangent(ONE).shiftLeft(2);
    for (int i = 0; i < ROUNDS / 4; i++) {
      X87 f = unit();
      push(f, random, -10, 10);
      BigInteger y = value(f, 0);
      push(f, random, -10, 10);
      BigInteger x = value(f, 0);
      BigInteger angle = inverseTangent(over(y.abs(), x.abs()));
      BigInteger upper = x.signum() < 0 ? pi.subtract(angle) : angle;
      X87Transcendental.fpatan(f);
      assertNearest(f, 0, y.signum() < 0 ? upper.negate() : upper);
    }
  }
}
