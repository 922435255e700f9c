package dejavm.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.architecture.fixture.low.Switches;
import dejavm.bus.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SizesTest {
  /** Hot switches, and the wiring diagram, which is read from top to bottom. */
  private static final Set<String> LONG_METHODS =
      Set.of(
          "dejavm.cpu.interpret.BlockRunner.execute",
          "dejavm.cpu.interpret.LongBlockRunner.execute",
          "dejavm.cpu.interpret.Operations.execute",
          "dejavm.cpu.interpret.SystemOperations.execute",
          "dejavm.machine.Board.<init>");

  private static final String SOURCE =
      """
      package p;

      class A {
        private final int field;

        A(int field) {
          this.field = field;
        }

        class B {
          int nested() {
            return field;
          }
        }
      }
      """;

  @Test
  void hotSpotCompilesEveryMethodOfCore() {
    assertThat(Sizes.tooMuchBytecode(CompiledClasses.besides(Platform.class), Sizes.BYTECODE_LIMIT))
        .isEmpty();
  }

  @Test
  void sourcesOfCoreAreOfReadableLength() {
    assertThat(
            new Sizes(700, 60, Set.of(), LONG_METHODS)
                .violations(CompiledClasses.sources(Platform.class)))
        .isEmpty();
  }

  @Test
  void longBytecodeIsFound() {
    assertThat(Sizes.tooMuchBytecode(CompiledClasses.ofPackage(Switches.class), 50))
        .anyMatch(line -> line.startsWith(Switches.class.getName() + ".length has "))
        .noneMatch(line -> line.contains("brief"));
  }

  @Test
  void longSourcesAreFound(@TempDir Path directory) throws IOException {
    List<Path> sources = List.of(Files.writeString(directory.resolve("A.java"), SOURCE));
    assertThat(new Sizes(13, 3, Set.of(), Set.of()).violations(sources)).isEmpty();
    assertThat(new Sizes(12, 2, Set.of(), Set.of()).violations(sources))
        .containsExactly(
            "p.A has 13 lines, more than 12",
            "p.A.<init> has 3 lines, more than 2",
            "p.A.B.nested has 3 lines, more than 2");
  }

  @Test
  void exceptionsHoldWhileTheyAreNeeded(@TempDir Path directory) throws IOException {
    List<Path> sources = List.of(Files.writeString(directory.resolve("A.java"), SOURCE));
    Set<String> longMethods = Set.of("p.A.<init>", "p.A.B.nested", "p.A.gone");
    assertThat(new Sizes(12, 2, Set.of("p.A"), longMethods).violations(sources))
        .containsExactly("p.A.gone is excepted but not too long, or not there");
  }
}
