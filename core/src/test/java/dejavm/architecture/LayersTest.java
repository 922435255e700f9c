package dejavm.architecture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.architecture.fixture.high.Roof;
import dejavm.architecture.fixture.low.Basement;
import dejavm.architecture.fixture.stray.Stray;
import dejavm.bus.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LayersTest {
  private static Layers fixture() {
    return new Layers("dejavm.architecture.fixture").row("low").row("high", "low");
  }

  @Test
  void coreObeysItsLayers() {
    assertThat(PackageTable.layers().violations(CompiledClasses.besides(Platform.class)))
        .as("uses that the table does not allow")
        .isEmpty();
  }

  @Test
  void coreImportsNothingAgainstItsLayers() {
    assertThat(PackageTable.layers().importViolations(CompiledClasses.sources(Platform.class)))
        .as("imports that the table does not allow")
        .isEmpty();
  }

  @Test
  void rowsThatMatterMost() {
    Layers core = PackageTable.layers();
    assertThat(core.allowed("dejavm.device.timer", "dejavm.bus")).isTrue();
    assertThat(core.allowed("dejavm.device.timer", "dejavm.device.irq")).isFalse();
    assertThat(core.allowed("dejavm.device.timer", "dejavm.record")).isFalse();
    assertThat(core.allowed("dejavm.cpu.interpret", "dejavm.record")).isFalse();
    assertThat(core.allowed("dejavm.machine", "dejavm.device.timer")).isTrue();
    assertThat(core.allowed("dejavm.machine", "dejavm.record")).isFalse();
    assertThat(core.allowed("dejavm.machine", "dejavm.snapshot")).isFalse();
    assertThat(core.allowed("dejavm.machine.boot", "dejavm.machine")).isFalse();
    assertThat(core.allowed("dejavm.record", "dejavm.machine")).isFalse();
    assertThat(core.allowed("dejavm.record", "dejavm.snapshot")).isFalse();
    assertThat(core.allowed("dejavm.timeline", "dejavm.cli")).isFalse();
    assertThat(core.allowed("dejavm.cli", "dejavm.timeline")).isTrue();
    assertThat(core.allowed("dejavm.guest", "dejavm.cli")).isFalse();
  }

  @Test
  void usesUpwardAreFound() {
    assertThat(fixture().violations(CompiledClasses.ofPackage(Basement.class)))
        .anyMatch(line -> line.startsWith("dejavm.architecture.fixture.low.Basement.build uses "))
        .anyMatch(line -> line.contains("Basement.later uses ") && line.endsWith("Roof.shout"))
        .anyMatch(line -> line.contains("Basement.cover uses "))
        .noneMatch(line -> line.contains("Floor"));
  }

  @Test
  void usesDownwardAreFine() {
    assertThat(fixture().violations(CompiledClasses.ofPackage(Roof.class))).isEmpty();
  }

  @Test
  void packagesWithoutARowAreFound() {
    assertThat(fixture().violations(CompiledClasses.ofPackage(Stray.class)))
        .containsExactly(
            "dejavm.architecture.fixture.stray has no row in the table of who may use whom");
  }

  @Test
  void inlinedConstantsAreFoundByTheirImport(@TempDir Path directory) throws IOException {
    Path source = directory.resolve("Floor.java");
    Files.writeString(
        source,
        """
        package dejavm.architecture.fixture.low;

        import static dejavm.architecture.fixture.high.Roof.HEIGHT;

        import java.util.List;
        """);
    assertThat(fixture().importViolations(List.of(source)))
        .containsExactly(
            "dejavm.architecture.fixture.low: Floor.java imports from"
                + " dejavm.architecture.fixture.high");
  }

  @Test
  void aTableCannotHaveCycles() {
    assertThatThrownBy(() -> new Layers("x").row("a", "b").row("b", "a"))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Layers("x").row("a").row("a"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
