package dejavm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** State, exceptions to come, and images of the state in memory. */
class X87Test {
  private static X87 random(long seed) {
    Random random = new Random(seed);
    X87 f = new X87();
    for (int i = 0; i < 8; i++) {
      f.significand[i] = random.nextLong();
      f.signExponent[i] = random.nextInt(0x10000);
    }
    f.controlWord(random.nextInt(0x10000));
    f.statusWord(random.nextInt(0x10000));
    f.empty = random.nextInt(0x100);
    f.opcode = random.nextInt(0x800);
    f.instructionSelector = random.nextInt(0x10000);
    f.instructionOffset = random.nextInt() & 0xffff_ffffL;
    f.dataSelector = random.nextInt(0x10000);
    f.dataOffset = random.nextInt() & 0xffff_ffffL;
    return f;
  }

  @Test
  void stateIsComplete() {
    for (int seed = 0; seed < 100; seed++) {
      X87 f = random(seed);
      X87 copy = new X87();
      copy.restore(f.state());
      assertThat(copy.state()).usingRecursiveComparison().isEqualTo(f.state());
    }
  }

  @Test
  void stateIsACopy() {
    X87 f = random(1);
    X87.State before = f.state();
    long significand = before.significand()[3];
    f.significand[3]++;
    assertThat(before.significand()[3]).isEqualTo(significand);
  }

  @Test
  void initKeepsRegistersAndResetClearsThem() {
    X87 f = random(2);
    long significand = f.significand[5];
    f.init();
    assertThat(f.control).isEqualTo(0x37f);
    assertThat(f.tagWord()).isEqualTo(0xffff);
    assertThat(f.significand[5]).isEqualTo(significand);
    f.reset();
    assertThat(f.control).isEqualTo(0x40);
    assertThat(f.tagWord()).isEqualTo(0x5555);
    assertThat(f.significand[5]).isZero();
  }

  @Test
  void unmaskedExceptionWaitsForTheNextInstruction() {
    X87 f = new X87();
    f.init();
    f.controlWord(0x37f & ~X87.ZE);
    X87Move.fldConstant(f, 0);
    X87Move.fldConstant(f, 6);
    assertThat(f.pending()).isFalse();
    assertThat(X87Arithmetic.arithmeticPop(f, X87Arithmetic.DIVIDE_REVERSED, 1)).isFalse();
    assertThat(f.pending()).isTrue();
    assertThat(f.top).isEqualTo(6);
    assertThat(f.statusWord() & (X87.ES | X87.BUSY)).isEqualTo(X87.ES | X87.BUSY);
    X87Environment.fnstenv(f, new byte[28], true, false);
    assertThat(f.pending()).isFalse();
    f.controlWord(0x340);
    assertThat(f.pending()).isTrue();
    f.clearExceptions();
    assertThat(f.pending()).isFalse();
  }

  @Test
  void imagesComeBack() {
    for (int seed = 0; seed < 100; seed++) {
      for (int form = 0; form < 4; form++) {
        boolean wide = (form & 1) != 0;
        boolean real = (form & 2) != 0;
        X87 f = random(seed);
        byte[] image = new byte[X87Environment.stateBytes(wide)];
        X87Environment.fnsave(f, image, wide, real);
        assertThat(f.state().empty()).isEqualTo(0xff);
        X87 back = new X87();
        X87Environment.frstor(back, image, wide, real);
        byte[] again = new byte[image.length];
        X87Environment.fnsave(back, again, wide, real);
        assertThat(again).isEqualTo(image);
        for (int i = 0; i < 8; i++) {
          assertThat(back.significand[i]).isEqualTo(random(seed).significand[i]);
        }
      }
    }
  }

  @Test
  void protectedImageKeepsPointers() {
    X87 f = random(4);
    byte[] image = new byte[28];
    X87Environment.fnstenv(f, image, true, false);
    X87 back = new X87();
    X87Environment.fldenv(back, image, true, false);
    assertThat(back.opcode).isEqualTo(f.opcode);
    assertThat(back.instructionSelector).isEqualTo(f.instructionSelector);
    assertThat(back.instructionOffset).isEqualTo(f.instructionOffset);
    assertThat(back.dataSelector).isEqualTo(f.dataSelector);
    assertThat(back.dataOffset).isEqualTo(f.dataOffset);
  }

  @Test
  void realModeImageHoldsLinearAddresses() {
    X87 f = random(5);
    f.instructionSelector = 0x1234;
    f.instructionOffset = 0x5678;
    f.opcode = 0x6f9;
    byte[] image = new byte[14];
    X87Environment.fnstenv(f, image, false, true);
    assertThat(image[6] & 0xff | (image[7] & 0xff) << 8).isEqualTo(0x79b8);
    assertThat(image[8] & 0xff | (image[9] & 0xff) << 8).isEqualTo(0x16f9);
  }

  @Test
  void fxsaveComesBack() {
    for (int seed = 0; seed < 100; seed++) {
      X87 f = random(seed);
      byte[] image = new byte[512];
      X87Environment.fxsave(f, image, false);
      X87 back = new X87();
      X87Environment.fxrstor(back, image, false);
      assertThat(back.state()).usingRecursiveComparison().isEqualTo(f.state());
    }
  }

  @Test
  void mmxRegistersAreSignificands() {
    X87 f = new X87();
    f.init();
    X87Move.fldConstant(f, 0);
    f.enterMmx();
    f.mmx(3, 0x1234_5678L);
    assertThat(f.mmx(3)).isEqualTo(0x1234_5678L);
    assertThat(f.signExponent[3]).isEqualTo(0xffff);
    assertThat(f.top).isZero();
    assertThat(f.empty).isZero();
    f.emms();
    assertThat(f.tagWord()).isEqualTo(0xffff);
  }

  @Test
  void everyDefinedEncodingRuns() {
    Random random = new Random(6);
    for (int opcode = 0xd8; opcode <= 0xdf; opcode++) {
      for (int modrm = 0xc0; modrm <= 0xff; modrm++) {
        if (!X87Escape.isDefined(opcode, modrm) || opcode == 0xdf && modrm == 0xe0) {
          continue;
        }
        for (int i = 0; i < 50; i++) {
          X87 f = random(random.nextLong());
          X87Escape.register(f, opcode, modrm, random.nextInt());
          assertThat(f.empty & ~0xff).isZero();
          assertThat(f.top & ~7).isZero();
          assertThat(f.statusWord() & ~0xffff).isZero();
        }
      }
    }
  }
}
