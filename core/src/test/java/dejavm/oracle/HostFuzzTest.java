package dejavm.oracle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.cpu.Cpu;
import dejavm.cpu.CpuFeature;
import dejavm.cpu.CpuModel;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.LongBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The interpreter against the processor of the host. A long run: {@code -Ddejavm.oracle.cases=N
 * -Ddejavm.oracle.seed=S}, of one mnemonic or unit with {@code -Ddejavm.oracle.only=NAME}, from a
 * case on with {@code -Ddejavm.oracle.first=I}.
 */
@Tag("slow")
class HostFuzzTest {
  private static final long CASES = Long.getLong("dejavm.oracle.cases", 400_000);
  private static final long FIRST = Long.getLong("dejavm.oracle.first", 0);
  private static final long SEED = Long.getLong("dejavm.oracle.seed", 1);
  private static final String ONLY = System.getProperty("dejavm.oracle.only", "");

  private static final int AT_HWCAP2 = 26;

  private static final CpuModel MODEL = CpuModel.X86_64_V2;

  /** 64-bit code half of the time. */
  private static final List<GuestCpu.Mode> MODES =
      List.of(
          GuestCpu.Mode.LONG,
          GuestCpu.Mode.COMPATIBILITY,
          GuestCpu.Mode.LONG,
          GuestCpu.Mode.PROTECTED);

  /** What the model has beyond the baseline, as Linux calls it. */
  private static final List<String> NEEDED =
      List.of(
          "GenuineIntel",
          "pni",
          "ssse3",
          "sse4_1",
          "sse4_2",
          "popcnt",
          "cx16",
          "lahf_lm",
          "movbe",
          "aes",
          "pclmulqdq",
          "fsgsbase");

  @Test
  void hostAndGuestAgree(@TempDir Path directory) throws IOException {
    assumeHost();
    long start = System.nanoTime();
    try (Fuzzer fuzzer =
        new Fuzzer(new CaseGenerator(MODEL, SEED, ONLY), MODEL, MODES, directory)) {
      fuzzer.run(FIRST, CASES);
      double seconds = (System.nanoTime() - start) / 1e9;
      System.out.printf(
          "%d cases compared with the host, seed %d, %.0f a second%n",
          CASES, SEED, CASES / seconds);
      assertThat(fuzzer.mismatches()).isEmpty();
    }
  }

  @Test
  void casesThatOnceDifferedAgree(@TempDir Path directory) throws IOException {
    assumeHost();
    List<String> found = new ArrayList<>();
    try (Fuzzer fuzzer = new Fuzzer(new CaseGenerator(MODEL, SEED, ""), MODEL, MODES, directory)) {
      for (String line : regressions()) {
        Image image = Image.alone();
        CaseText.read(line, image);
        for (GuestCpu.Mode mode : GuestCpu.Mode.values()) {
          if (mode.bits == (image.is64() ? 64 : 32)) {
            fuzzer
                .differences(image, mode)
                .forEach(field -> found.add(mode + " " + line + ": " + field));
          }
        }
      }
    }
    assertThat(found).isEmpty();
  }

  @Test
  void aGuestThatLacksAnInstructionIsFound(@TempDir Path directory) throws IOException {
    assumeHost();
    CpuModel lacking = MODEL.without(CpuFeature.POPCNT);
    CaseGenerator generator = new CaseGenerator(MODEL, SEED, "POPCNT");
    try (Fuzzer fuzzer = new Fuzzer(generator, lacking, MODES, directory)) {
      fuzzer.run(0, 100);
      assertThat(fuzzer.mismatches()).allMatch(one -> one.text().contains("0fb8")).hasSize(2);
    }
  }

  @Test
  void aWrongRegisterFlagOrByteIsFound() {
    Image before = Image.alone();
    CaseText.read("64 code=48ffc0 rax=1", before);
    GuestCpu guest = new GuestCpu(GuestCpu.Mode.LONG, MODEL);
    Image right = Image.alone();
    guest.run(before, right);
    assertThat(right.r(Cpu.RAX)).isEqualTo(2);
    for (int offset :
        new int[] {
          0,
          8 * 15,
          Layout.RIP,
          Layout.FLAGS,
          Layout.TRAP,
          Layout.FX,
          Layout.FX + Layout.XMM,
          Layout.FX + Layout.ST,
          Layout.FX + Layout.MXCSR,
          Layout.ZONES,
          Layout.RECORD - 136
        }) {
      Image wrong = Image.alone();
      wrong.copyFrom(right);
      wrong.byteAt(offset, wrong.byteAt(offset) ^ 1);
      assertThat(Comparison.differences(Sequences.decode(before), before, wrong, right, guest))
          .as("byte %d", offset)
          .hasSize(1);
    }
  }

  @Test
  void aCaseSurvivesBeingText() {
    CaseGenerator generator = new CaseGenerator(MODEL, SEED, "");
    for (int number = 0; number < 200; number++) {
      Image image = Image.alone();
      generator.make(number, number % 2 == 0, image);
      Image read = Image.alone();
      CaseText.read(CaseText.of(image), read);
      assertThat(CaseText.of(read)).isEqualTo(CaseText.of(image));
      assertThat(image.same(read, 0, Layout.SUM)).isTrue();
      assertThat(image.same(read, Layout.FS_BASE, Layout.RECORD - 128 - Layout.FS_BASE)).isTrue();
    }
  }

  @Test
  void theProgramOfTheChildIsThatOfItsSource(@TempDir Path directory) throws Exception {
    Path source = Path.of("src/test/oracle/host-cpu.asm");
    assumeTrue(Files.exists(source), "not in the directory of the module");
    Path made = directory.resolve("made");
    Process nasm;
    try {
      nasm =
          new ProcessBuilder("nasm", "-f", "bin", "-o", made.toString(), source.toString()).start();
    } catch (IOException e) {
      assumeTrue(false, "nasm is not there");
      return;
    }
    assertThat(nasm.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(Files.readAllBytes(made)).isEqualTo(HostCpu.program());
  }

  private static List<String> regressions() throws IOException {
    try (InputStream in = HostFuzzTest.class.getResourceAsStream("regressions.txt")) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return text.lines().filter(line -> !line.isBlank() && !line.startsWith("#")).toList();
    }
  }

  /** What is compared beyond the letter of the SDM is what Intel's processors do. */
  private static void assumeHost() throws IOException {
    Path info = Path.of("/proc/cpuinfo");
    boolean linux =
        System.getProperty("os.name").equals("Linux")
            && System.getProperty("os.arch").equals("amd64")
            && Files.exists(info);
    assumeTrue(linux, "the host is not x86-64 Linux");
    Set<String> words =
        Arrays.stream(Files.readString(info).split("\\s+")).collect(Collectors.toSet());
    assumeTrue(words.containsAll(NEEDED), "the host is no processor with " + NEEDED);
    assumeTrue(hasBases(), "the host's system does not let programs set the bases of FS and GS");
  }

  /** AT_HWCAP2 tells of FSGSBASE; /proc/cpuinfo does even where the system has not enabled it. */
  private static boolean hasBases() throws IOException {
    LongBuffer words =
        ByteBuffer.wrap(Files.readAllBytes(Path.of("/proc/self/auxv")))
            .order(ByteOrder.LITTLE_ENDIAN)
            .asLongBuffer();
    while (words.remaining() >= 2) {
      long key = words.get();
      long value = words.get();
      if (key == AT_HWCAP2) {
        return (value & 2) != 0;
      }
    }
    return false;
  }
}
