package dejavm.cpu.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Disassembler;
import dejavm.cpu.decode.Insn;
import dejavm.memory.Mmu;
import dejavm.memory.PhysicalMemory;
import dejavm.memory.SystemBus;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The code that is made for some forms of instructions, as text: so that a review shows what a
 * change does. After a change that is wanted, {@code -Ddejavm.golden=write} writes it anew.
 */
class HostCodeTest {
  private static final String GOLDEN = "host-code.txt";
  private static final Path SOURCE =
      Path.of("src/test/resources/dejavm/cpu/translate").resolve(GOLDEN);

  /** Mode and bytes of a block; what follows them is the interpreter's. */
  private record Block(int bits, String bytes) {}

  private static final List<Block> BLOCKS =
      List.of(
          new Block(32, "89d8"),
          new Block(32, "01d8"),
          new Block(32, "01d885c9"),
          new Block(32, "83c004 8b4b04"),
          new Block(32, "11c8"),
          new Block(32, "40"),
          new Block(32, "f7d8"),
          new Block(32, "8b4304"),
          new Block(32, "8b048d00100000"),
          new Block(32, "884305"),
          new Block(32, "8ac4"),
          new Block(32, "00e3"),
          new Block(32, "660103"),
          new Block(32, "0fb6c0"),
          new Block(32, "0fbe0b"),
          new Block(32, "8d448b08"),
          new Block(32, "c1e005"),
          new Block(32, "d3e8"),
          new Block(32, "c1c007"),
          new Block(32, "0fa4d003"),
          new Block(32, "0fafc3"),
          new Block(32, "f7e3"),
          new Block(32, "f7f3"),
          new Block(32, "0fbcc3"),
          new Block(32, "0fa318"),
          new Block(32, "0fba2b05"),
          new Block(32, "f00fb10b"),
          new Block(32, "8703"),
          new Block(32, "50"),
          new Block(32, "58"),
          new Block(32, "c9"),
          new Block(32, "9c"),
          new Block(32, "9d"),
          new Block(32, "39d8 74fc"),
          new Block(32, "85c0 7f02"),
          new Block(32, "0f94c0"),
          new Block(32, "0f4cc3"),
          new Block(32, "ebfe"),
          new Block(32, "e800100000"),
          new Block(32, "ffe0"),
          new Block(32, "c3"),
          new Block(32, "658b00"),
          new Block(32, "f3ab"),
          new Block(32, "f3a4"),
          new Block(32, "f2ae"),
          new Block(32, "f3a6"),
          new Block(32, "d9c1 dec1"),
          new Block(32, "dd4304 db2b"),
          new Block(32, "dbe9 dac1"),
          new Block(32, "dfe0"),
          new Block(32, "d92b"),
          new Block(32, "64dd18"),
          new Block(32, "0f31"),
          new Block(32, "fb90"),
          new Block(32, "0e"),
          new Block(32, "8cd0"),
          new Block(32, "0f0138"),
          new Block(64, "4801d8"),
          new Block(64, "4d01ca"),
          new Block(64, "4489cb"),
          new Block(64, "488b0500100000"),
          new Block(64, "4c8b6c2408"),
          new Block(64, "660fefc9"),
          new Block(64, "660f6f03"),
          new Block(64, "f30f6f03 660f74c1"),
          new Block(64, "f20f5803"),
          new Block(64, "660fd7c1"),
          new Block(64, "f2480f2ac3"),
          new Block(64, "660f2ec1"),
          new Block(64, "480fc70b"),
          new Block(64, "ff10"));

  private static final SystemBus NOTHING =
      new SystemBus() {
        @Override
        public long read(long physical, int size) {
          return 0;
        }

        @Override
        public void write(long physical, int size, long value) {}
      };

  private static String code(Block block) {
    Mmu mmu = new Mmu(new PhysicalMemory(1 << 16), NOTHING, 1024);
    CodeMemory memory = new CodeMemory(1 << 20, new HostCalls());
    Emission emission = new Emission(new Sites(), mmu);
    HostFeatures all = new HostFeatures(-1);
    Stubs stubs = new Stubs(emission.a, memory, all);
    emission.stubs(stubs);
    BlockTranslator translator = new BlockTranslator(emission, insn -> true, all, 40, offset -> 0);
    byte[] page = new byte[4096];
    byte[] bytes = HexFormat.of().parseHex(block.bytes().replace(" ", ""));
    System.arraycopy(bytes, 0, page, 0x800, bytes.length);
    // HLT is never translated.
    page[0x800 + bytes.length] = (byte) 0xF4;
    int mode = block.bits() == 64 ? 0 : 3;
    translator.decode(page, 0x800, Mode.of(mode));
    long start = memory.here();
    emission.begin(Mode.of(mode), mode, start, translator.count);
    translator.emit();
    return listing(page, block, translator.count)
        + text(emission.a.bytes(), emission.a.size(), start, stubs);
  }

  private static String listing(byte[] page, Block block, int count) {
    StringBuilder text = new StringBuilder();
    int at = 0x800;
    for (int i = 0; i < count; i++) {
      Insn insn = new Decoder().decode(page, at, page.length, block.bits());
      text.append(block.bits()).append(": ").append(new Disassembler().text(insn, at)).append('\n');
      at += insn.length;
    }
    return text.toString();
  }

  private static String text(byte[] code, int size, long start, Stubs stubs) {
    StringBuilder text = new StringBuilder();
    for (int at = 0; at < size; ) {
      Insn insn = new Decoder().decode(code, at, size, 64);
      String line = new Disassembler().text(insn, at);
      long target = start + at + insn.length + insn.immediate;
      String name = name(target, stubs);
      if (line.startsWith("j") && !name.isEmpty()) {
        line = line.substring(0, line.indexOf(' ') + 1) + name;
      }
      text.append("  %3x  %s\n".formatted(at, line));
      at += insn.length;
    }
    return text.append('\n').toString();
  }

  private static String name(long target, Stubs stubs) {
    Map<Long, String> names =
        Map.of(
            stubs.budget, "BUDGET",
            stubs.miss, "MISS",
            stubs.step, "STEP",
            stubs.edge, "EDGE",
            stubs.lookup, "LOOKUP",
            stubs.xmm, "XMM",
            stubs.x87, "X87",
            stubs.cross, "CROSS");
    return names.getOrDefault(target, "");
  }

  @Test
  void isAsItWas() throws IOException {
    assumeTrue(Translator.isSupported(), "translated code is for x86-64 Linux");
    StringBuilder text = new StringBuilder();
    BLOCKS.forEach(block -> text.append(code(block)));
    if (System.getProperty("dejavm.golden", "").equals("write")) {
      Files.writeString(SOURCE, text);
      return;
    }
    try (InputStream golden = HostCodeTest.class.getResourceAsStream(GOLDEN)) {
      assertThat(text.toString().lines())
          .containsExactlyElementsOf(
              new String(golden.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    }
  }
}
