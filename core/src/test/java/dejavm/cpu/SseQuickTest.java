package dejavm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The short way gives what the definition gives, result and flags, and goes on doing so. */
class SseQuickTest {
  private static final int[] CONTROLS = {0x1F80, 0x1FA0, 0x9FC0, 0x0000, 0x3F80, 0x7FA0, 0x0FA0};

  @ParameterizedTest
  @EnumSource(SseOperation.class)
  void agreesWithTheDefinition(SseOperation operation) {
    SplittableRandom random = new SplittableRandom(7);
    SseStatus s = new SseStatus();
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < 300_000 && wrong.size() < 10; i++) {
      int control = CONTROLS[random.nextInt(CONTROLS.length)];
      long a = number(random, FloatFormat.DOUBLE);
      long b = near(random, FloatFormat.DOUBLE, a);
      s.begin(control);
      long quick = SseQuick.compute64(s, operation, a, b);
      String found = answer(s, quick);
      s.begin(control);
      compare(wrong, found, answer(s, operation.define(FloatFormat.DOUBLE, s, a, b)), a, b);
      int c = (int) number(random, FloatFormat.SINGLE);
      int d = (int) near(random, FloatFormat.SINGLE, c & 0xFFFF_FFFFL);
      s.begin(control);
      quick = SseQuick.compute32(s, operation, c, d) & 0xFFFF_FFFFL;
      found = answer(s, quick);
      s.begin(control);
      long defined = operation.define(FloatFormat.SINGLE, s, c & 0xFFFF_FFFFL, d & 0xFFFF_FFFFL);
      compare(wrong, found, answer(s, defined), c, d);
    }
    assertThat(wrong).isEmpty();
  }

  private static void compare(List<String> wrong, String quick, String defined, long a, long b) {
    if (!quick.equals(defined)) {
      wrong.add("%x, %x: %s, defined %s".formatted(a, b, quick, defined));
    }
  }

  /** What is left of a computation; flags that are known beforehand need not be found. */
  private static String answer(SseStatus s, long result) {
    int known = s.inexactKnown ? SseStatus.PE : 0;
    return "%x with %x".formatted(result, s.flags | known);
  }

  private static long number(SplittableRandom random, FloatFormat f) {
    long fraction = random.nextLong() & f.implicitBit() - 1;
    fraction =
        switch (random.nextInt(4)) {
          case 0 -> fraction >>> random.nextInt(f.fractionBits());
          case 1 -> fraction << random.nextInt(f.fractionBits() + 1) & f.implicitBit() - 1;
          case 2 -> random.nextBoolean() ? 0 : f.implicitBit() - 1;
          default -> fraction;
        };
    int exponent =
        switch (random.nextInt(4)) {
          case 0 -> random.nextInt(4);
          case 1 -> f.maximum() - random.nextInt(4);
          case 2 -> f.bias() + random.nextInt(9) - 4;
          default -> random.nextInt(f.maximum() + 1);
        };
    return (random.nextBoolean() ? f.signBit() : 0) | pack(f, exponent, fraction);
  }

  private static long pack(FloatFormat f, int exponent, long fraction) {
    return (long) Math.clamp(exponent, 0, f.maximum()) << f.fractionBits() | fraction;
  }

  /** A second operand whose sum, product or quotient with the first is at an edge. */
  private static long near(SplittableRandom random, FloatFormat f, long a) {
    long other = number(random, f);
    int step = random.nextInt(2 * f.fractionBits()) - f.fractionBits();
    int exponent =
        switch (random.nextInt(4)) {
          case 0 -> f.exponent(a) + step;
          case 1 -> f.bias() + 1 - f.exponent(a) + random.nextInt(3);
          case 2 -> f.exponent(a) + f.bias() - 2 + random.nextInt(4);
          default -> f.exponent(other);
        };
    return f.sign(other) | pack(f, exponent, f.fraction(other));
  }

  /** Law 6: what the host's compilers do to a NaN must not be seen. */
  @Test
  void compilersChangeNothing() {
    SplittableRandom random = new SplittableRandom(11);
    long[] operands = new long[2000];
    for (int i = 0; i < operands.length; i++) {
      long nan = FloatFormat.DOUBLE.infinity() | random.nextLong();
      operands[i] = random.nextInt(3) == 0 ? nan : number(random, FloatFormat.DOUBLE);
    }
    long cold = digest(operands);
    for (int pass = 0; pass < 200; pass++) {
      assertThat(digest(operands)).isEqualTo(cold);
    }
  }

  private static long digest(long[] operands) {
    SseStatus s = new SseStatus();
    s.begin(0x1FA0);
    long digest = 0;
    SseOperation[] operations = SseOperation.values();
    for (int i = 0; i + 1 < operands.length; i += 2) {
      for (SseOperation operation : operations) {
        long a = operands[i];
        long b = operands[i + 1];
        digest = digest * 31 + SseQuick.compute64(s, operation, a, b);
        digest = digest * 31 + SseQuick.compute32(s, operation, (int) (a >> 32), (int) (b >> 32));
      }
      digest = digest * 31 + SseConversions.narrow(s, operands[i]);
      digest = digest * 31 + SseConversions.widen(s, (int) (operands[i] >> 32));
      digest = digest * 31 + s.flags;
    }
    return digest;
  }
}
