package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.cpu.CpuFeature;
import dejavm.cpu.CpuModel;
import dejavm.guest.GuestCatalog;
import dejavm.guest.GuestUnavailable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Our own programs print the same on this computer, where it can run them, and in a guest: what is
 * expected lies beside them. Sources, and how they are built, are in {@code app/src/test/guest}.
 */
class ProgramsTest {
  private static final String RESOURCES = "/dejavm/guest/programs/";

  /** The programs, and what a processor needs for them beside integers and the x87. */
  private static final Map<String, List<CpuFeature>> PROGRAMS = programs();

  @TempDir Path directory;

  private static Map<String, List<CpuFeature>> programs() {
    Map<String, List<CpuFeature>> programs = new LinkedHashMap<>();
    for (String name : List.of("integers", "x87", "memory", "threads", "processes", "timers")) {
      programs.put(name, List.of());
    }
    // what it prints of exceptions has those of SSE among it
    programs.put("signals", List.of(CpuFeature.SSE));
    programs.put("sse", List.of(CpuFeature.SSE2));
    programs.put("sse4", List.of(CpuFeature.SSE4_2, CpuFeature.POPCNT));
    return programs;
  }

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = ProgramsTest.class.getResourceAsStream(RESOURCES + name)) {
      assertThat(in).as(name).isNotNull();
      return in.readAllBytes();
    }
  }

  /**
   * @param program as {@code ARCHITECTURE/NAME}
   */
  private static String expected(String program) throws IOException {
    return new String(resource(program + ".out"), StandardCharsets.US_ASCII);
  }

  private Path executable(Path target, String name) throws IOException {
    Files.write(target, resource(name));
    assertThat(target.toFile().setExecutable(true)).isTrue();
    return target;
  }

  @ParameterizedTest
  @CsvSource({"i386", "amd64"})
  @Timeout(value = 2, unit = TimeUnit.MINUTES)
  void theHostPrintsWhatIsExpected(String architecture) throws Exception {
    assumeTrue(
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64"),
        "this computer is no x86-64 Linux");
    String flags = Files.readString(Path.of("/proc/cpuinfo"));
    for (String program : PROGRAMS.keySet()) {
      if (program.equals("sse4") && !flags.contains(" sse4_2 ")) {
        continue;
      }
      Path file = executable(directory.resolve(program), architecture + "/" + program);
      Process process;
      try {
        process =
            new ProcessBuilder(file.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("out").toFile())
                .start();
      } catch (IOException e) {
        abort("this computer runs no programs for " + architecture + ": " + e.getMessage());
        return;
      }
      assertThat(process.waitFor()).as(program).isZero();
      assertThat(Files.readString(directory.resolve("out")))
          .as(program)
          .isEqualTo(expected(architecture + "/" + program));
    }
  }

  /** The 64-bit kernel also runs those of the 32-bit programs that are about the kernel. */
  @Tag("slow")
  @Execution(ExecutionMode.CONCURRENT)
  @ParameterizedTest
  @CsvSource({
    "debian-686, i386, ''",
    "debian-amd64, amd64, i386/threads i386/processes i386/timers i386/signals"
  })
  @Timeout(value = 25, unit = TimeUnit.MINUTES)
  void aGuestPrintsWhatIsExpected(String guest, String architecture, String others)
      throws Exception {
    Path cache = GuestCatalog.defaultCache(System.getenv());
    try {
      new GuestCatalog(cache, progress -> {}).guest(guest);
    } catch (GuestUnavailable e) {
      abort(e.getMessage());
    }
    Path added = Files.createDirectory(directory.resolve("programs"));
    executable(added.resolve("run"), "run");
    List<String> programs = new ArrayList<>();
    for (String name : PROGRAMS.keySet()) {
      if (PROGRAMS.get(name).stream().allMatch(CpuModel.DEFAULT::has)) {
        programs.add(architecture + "/" + name);
      }
    }
    if (!others.isEmpty()) {
      programs.addAll(List.of(others.split(" ")));
    }
    for (String program : programs) {
      Path target = added.resolve(program);
      Files.createDirectories(target.getParent());
      executable(target, program);
    }
    Program.Result result =
        new Program(cache.getParent())
            .run(
                "record",
                "--guest",
                guest,
                "--add",
                added + "=/programs",
                "--append",
                "console=ttyS0 quiet loglevel=1 cryptomgr.notests rdinit=/programs/run programs="
                    + String.join(",", programs),
                "--pace",
                "max",
                "--rtc",
                "2026-01-01T00:00:00",
                "--until",
                "600",
                "--verify",
                "-o",
                directory.resolve("a.deja").toString());
    for (String program : programs) {
      assertThat(between(result.out(), "== begin " + program + "\n", "== end " + program + " "))
          .as(program)
          .isEqualTo(expected(program));
    }
    assertThat(result.out()).contains("== end " + programs.getLast() + " 0\n");
    assertThat(result.exitCode()).as(result.err()).isZero();
  }

  /** What stands between two texts, and all that follows the first where the second is missing. */
  private static String between(String text, String before, String after) {
    int begin = text.indexOf(before);
    assertThat(begin).as(before + " in " + text).isNotNegative();
    String rest = text.substring(begin + before.length());
    return rest.contains(after) ? rest.substring(0, rest.indexOf(after)) : rest;
  }

  @ParameterizedTest
  @ValueSource(strings = {"i386", "amd64"})
  void programsStayShort(String architecture) throws IOException {
    for (String program : PROGRAMS.keySet()) {
      assertThat(resource(architecture + "/" + program)).hasSizeLessThan(80_000);
      assertThat(expected(architecture + "/" + program)).doesNotContain(": NO\n").endsWith("\n");
    }
  }
}
