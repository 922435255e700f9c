package dejavm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The numbers of RDRAND: a function of the seed, and state of the processor. */
class RandomNumbersTest {
  /** The first numbers of SplitMix64 from 1234567, as java.util.SplittableRandom has them. */
  @Test
  void numbersOfSplitMix64() {
    SystemFixture f = SystemFixture.protectedMode(CpuModel.X86_64_V2, 3);
    f.c.seedRandom(1234567);
    SplittableRandom expected = new SplittableRandom(1234567);
    for (int i = 0; i < 100; i++) {
      f.c.setArithmeticFlags(Flags.ARITHMETIC);
      assertThat(RandomNumbers.next(f.c)).isEqualTo(expected.nextLong());
      assertThat(f.c.arithmeticFlags()).isEqualTo(Flags.CF);
    }
  }

  @Test
  void stateIsSavedAndNoResetChangesIt() {
    SystemFixture f = SystemFixture.protectedMode(CpuModel.X86_64_V2, 0);
    f.c.seedRandom(1);
    RandomNumbers.next(f.c);
    f.c.powerOn();
    CpuState saved = f.c.state();
    long next = RandomNumbers.next(f.c);
    f.c.restore(saved);
    assertThat(RandomNumbers.next(f.c)).isEqualTo(next);
  }
}
