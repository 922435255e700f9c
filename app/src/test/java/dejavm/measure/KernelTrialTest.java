package dejavm.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.measure.Contender.Outcome;
import dejavm.measure.EngineResults.Cell;
import dejavm.measure.EngineResults.Pair;
import dejavm.measure.EngineResults.Row;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class KernelTrialTest {
  private static final Kernel KERNEL = Kernel.FIB;
  private static final int MEDIUM = KERNEL.sizes().get(1);
  private static final int LARGE = KERNEL.sizes().get(2);
  private static final double START_SECONDS = 0.3;
  private static final Offset<Double> NEAR = Offset.offset(1e-6);

  private final List<Integer> sizes = new ArrayList<>();

  /** Takes so long for a unit of work, of a thousand instructions. */
  private record Fake(
      String title, double seconds, boolean counts, String suffix, List<Integer> sizes)
      implements Contender {
    @Override
    public Outcome run(Kernel kernel, int size) {
      sizes.add(size);
      double took = START_SECONDS + size * seconds;
      OptionalLong instructions = counts ? OptionalLong.of(size * 1000L) : OptionalLong.empty();
      return new Outcome(size + suffix, took, took, instructions);
    }
  }

  private Fake engine(String title, double unitSeconds) {
    return new Fake(title, unitSeconds, true, "", new ArrayList<>());
  }

  private Fake qemu(double unitSeconds) {
    return new Fake("qemu", unitSeconds, false, "", sizes);
  }

  private static Row rounds(int rounds, Contender... contenders) throws MeasurementFailed {
    KernelTrial trial = new KernelTrial(KERNEL, List.of(contenders), Seconds.WALL);
    for (int i = 0; i < rounds; i++) {
      trial.round(_ -> {});
    }
    return trial.row();
  }

  @Test
  void startsAreTakenOff() throws MeasurementFailed {
    Row row = rounds(1, engine("translate", 1e-6), qemu(2e-6));
    assertThat(row.mips("translate").orElseThrow()).isCloseTo(1000, NEAR);
    assertThat(row.mips("qemu").orElseThrow()).isCloseTo(500, NEAR);
    assertThat(row.ratio("translate", "qemu").orElseThrow()).isCloseTo(2, NEAR);
    Cell cell = row.cells().get("qemu");
    assertThat(cell.size()).isEqualTo(LARGE);
    assertThat(cell.instructions()).isEqualTo((LARGE - 1) * 1000L);
  }

  @Test
  void theSlowDoWithLess() throws MeasurementFailed {
    Row row = rounds(1, engine("interpret", 0.1), engine("translate", 1e-6), qemu(0.1));
    assertThat(row.cells().get("interpret").size()).isEqualTo(MEDIUM);
    assertThat(row.cells().get("translate").size()).isEqualTo(LARGE);
    assertThat(row.cells().get("qemu").size()).isEqualTo(MEDIUM);
  }

  @Test
  void whatNoEngineCountedIsNotMeasured() throws MeasurementFailed {
    Row row = rounds(1, engine("interpret", 0.1), qemu(1e-6));
    assertThat(row.cells().get("qemu").size()).isEqualTo(MEDIUM);
  }

  @Test
  void laterRoundsRunTwoSizes() throws MeasurementFailed {
    Row row = rounds(3, engine("translate", 1e-6), qemu(1e-6));
    assertThat(sizes).containsExactly(1, MEDIUM, LARGE, 1, LARGE, 1, LARGE);
    assertThat(row.cells().get("qemu").wallSeconds().rounds()).hasSize(3);
  }

  @Test
  void anotherResultIsAFailure() {
    Fake wrong = new Fake("qemu", 1e-6, false, "?", new ArrayList<>());
    assertThatThrownBy(() -> rounds(1, engine("translate", 1e-6), wrong))
        .isInstanceOf(MeasurementFailed.class)
        .hasMessage("fib of size 1 gives 1 with translate and 1? with qemu");
  }

  @Test
  void meansAreOfAGroup() throws MeasurementFailed {
    Row row = rounds(1, engine("interpret", 4e-6), engine("translate", 1e-6), qemu(2e-6));
    EngineResults results =
        new EngineResults(
            List.of("interpret", "translate", "qemu"),
            List.of("interpret", "translate"),
            List.of(row));
    assertThat(results.pairs())
        .containsExactly(
            new Pair("interpret", "qemu"),
            new Pair("translate", "interpret"),
            new Pair("translate", "qemu"));
    assertThat(results.ratio(Kernel.Group.INTEGER, results.pairs().get(1)).orElseThrow())
        .isCloseTo(4, NEAR);
    assertThat(results.mips(Kernel.Group.FLOAT, "qemu")).isEmpty();
  }
}
