package dejavm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What a driver sees of IDE devices, beside what it sees on QEMU's {@code pc}: a program asks both
 * the same (ide.asm), and where the answers differ, ide.differences has to say why.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class IdeTest {
  private static final int SECTORS = 2048;

  @TempDir Path directory;

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = IdeTest.class.getResourceAsStream(name)) {
      return in.readAllBytes();
    }
  }

  private String path(String name) {
    return directory.resolve(name).toString();
  }

  /** What a program prints, skipping the test where there is no such program. */
  private String host(String program, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of(program));
    command.addAll(List.of(options));
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .redirectError(directory.resolve("errors").toFile())
              .start();
    } catch (IOException e) {
      assumeTrue(false, program + " is not there");
      throw e;
    }
    String printed =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return printed;
  }

  /** Every step by its name: what follows the name, and the lines below it. */
  private static SequencedMap<String, String> steps(String printed) {
    SequencedMap<String, String> steps = new LinkedHashMap<>();
    String name = "";
    for (String line : printed.replace("\r", "").split("\n")) {
      if (!line.startsWith(" ")) {
        int ends = line.indexOf(": ");
        name = line.substring(0, ends < 0 ? Math.max(line.lastIndexOf(' '), 0) : ends);
      }
      steps.merge(name, line.substring(line.startsWith(" ") ? 0 : name.length()), (a, b) -> a + b);
    }
    return steps;
  }

  @Test
  void saysWhatQemuSaysUnlessThereIsAReason() throws Exception {
    Files.write(directory.resolve("ide.asm"), resource("ide.asm"));
    assertThat(host("nasm", "-f", "bin", "-o", path("ide.bin"), path("ide.asm"))).isEmpty();
    byte[] content = new byte[SECTORS * 512];
    for (int i = 0; i < content.length; i++) {
      content[i] = (byte) (i / 512 * 7 + i * 3 + (i >> 5));
    }
    Files.write(directory.resolve("disk"), content);
    Files.write(directory.resolve("disc"), content);
    String theirs =
        host(
            "qemu-system-i386",
            ("-accel tcg -M pc -m 16 -nodefaults -display none -no-reboot -serial stdio"
                    + " -device isa-debug-exit,iobase=0xf4 -kernel "
                    + path("ide.bin")
                    + " -drive if=ide,index=0,format=raw,file="
                    + path("disk")
                    + ",snapshot=on -drive if=ide,index=2,media=cdrom,format=raw,file="
                    + path("disc"))
                .split(" "));
    Program.Result ours =
        new Program(directory)
            .run(
                ("run -m 16M --pace max --debug-exit --kernel %s --disk %s --cdrom %s"
                        .formatted(path("ide.bin"), path("disk"), path("disc")))
                    .split(" "));
    assertThat(ours.exitCode()).as(ours.err()).isEqualTo(1);
    SequencedMap<String, String> expected = steps(theirs);
    SequencedMap<String, String> found = steps(ours.out());
    assertThat(found.sequencedKeySet()).containsExactlyElementsOf(expected.sequencedKeySet());
    Set<String> different = new TreeSet<>();
    for (Map.Entry<String, String> step : expected.entrySet()) {
      if (!found.get(step.getKey()).equals(step.getValue())) {
        different.add(step.getKey());
      }
    }
    assertThat(different).isSubsetOf(reasoned());
  }

  /** The steps that may differ: lines of the file that are no reason. */
  private static Set<String> reasoned() throws IOException {
    List<String> lines =
        new String(resource("ide.differences"), StandardCharsets.UTF_8).lines().toList();
    return lines.stream()
        .filter(line -> !line.startsWith("#") && !line.isBlank())
        .collect(Collectors.toSet());
  }
}
