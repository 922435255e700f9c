package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.measure.Kernel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

@Timeout(value = 5, unit = TimeUnit.MINUTES)
class BenchTest {
  @TempDir Path directory;

  private Program.Result run(String... arguments) {
    return new Program(directory).run(arguments);
  }

  /** What QEMU 7.2 prints. */
  @ParameterizedTest
  @CsvSource({
    "SIEVE, 1, 000132a2",
    "SHA256, 1, 7daca209",
    "LZCRC, 1, b151439d",
    "LIST, 1, 3f637eff",
    "QSORT, 1, d13538e7",
    "VM, 1, 177f7e7a",
    "FIB, 3, ff8b571c",
    "MANDEL_SSE2, 1, 24a24a50",
    "MANDEL_X87, 1, 3a0aed15",
    "SIEVE64, 1, 00089bc2",
    "HASH64, 3, 806cfca8",
    "LIST64, 1, 3f637eff",
    "VM64, 1, 177f7e7a",
    "MOVS, 3, b9081a8d",
    "PAGES, 3, dd80f5e4",
    "COLD, 2, 99dfb79b"
  })
  void kernelsPrintWhatTheyPrintElsewhere(Kernel kernel, int size, String result)
      throws IOException {
    Path image = Files.write(directory.resolve("kernel"), kernel.image());
    Path console = directory.resolve("console");
    List<String> line = new ArrayList<>(List.of("run", "--kernel", image.toString()));
    if (kernel.module().isPresent()) {
      Path module = Files.write(directory.resolve("module"), kernel.module().orElseThrow());
      line.addAll(List.of("--initrd", module.toString()));
    }
    line.addAll(List.of("-m", "64M", "--append", "size=" + size, "--debug-exit"));
    line.addAll(List.of("--serial", "none", "--debugcon", "file:" + console, "--pace", "max"));
    Program.Result ran = run(line.toArray(String[]::new));
    assertThat(ran.exitCode()).as(ran.err()).isEqualTo(33);
    assertThat(console).hasContent(result + "\n");
  }

  @Test
  @Tag("slow")
  void kernelsAreMeasured() {
    Program.Result result =
        run("bench", "engine", "--engines", "default", "--kernel", "cold", "--rounds", "1");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).isEmpty();
    assertThat(result.out()).startsWith("million instructions/s").contains("\ncold ");
  }

  @Test
  @Tag("slow")
  void aGuestIsMeasured() throws Exception {
    Program.Result result =
        run(
            "bench guest --engines default --ways record,replay,record-cpu,replay-cpu"
                .concat(" --guest tiny --job demo --rounds 1 --json")
                .split(" "));
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.err()).isEmpty();
    Map<?, ?> json = JsonMapper.shared().readValue(result.out(), Map.class);
    assertThat(json.toString())
        .contains("guest=tiny, job=demo", "default record=", "default replay-cpu=")
        .contains("wall_ratios={default record-cpu=");
  }

  @Test
  void anEngineThatThereIsNotIsAFailure() {
    Program.Result result =
        run("bench", "engine", "--engines", "guess", "--kernel", "fib", "--rounds", "1");
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.err())
        .startsWith("dejavm: dejavm ended with exit code 2, not 33: dejavm: invalid value for")
        .hasLineCount(1);
  }

  @Test
  void kernelsAreListed() {
    assertThat(run("bench", "engine", "--list").out())
        .hasLineCount(Kernel.values().length)
        .contains("mandel-x87   floating point  ");
  }
}
