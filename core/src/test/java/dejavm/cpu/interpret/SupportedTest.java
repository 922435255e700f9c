package dejavm.cpu.interpret;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.TestMachine;
import dejavm.cpu.CpuModel;
import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Row;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What the CPU model has, the interpreter carries out, and nothing else: an instruction of every
 * row of the opcode table, taken from the decoder's corpus.
 */
class SupportedTest {
  @Test
  void everyRowIsCarriedOutOrCountedAsUnsupported() {
    Map<Row, byte[]> encodings = encodings();
    assertThat(encodings).hasSizeGreaterThan(800);
    encodings.forEach((row, bytes) -> {
      TestMachine machine = TestMachine.flat(16);
      for (int i = 0; i < bytes.length; i++) {
        machine.put(TestMachine.CODE + i, bytes[i], 1);
      }
      machine.step(1);
      int unsupported = machine.processor().interpreter().unsupported(row.mnemonic);
      boolean hint = row.mnemonic == Mnemonic.NOP || row.mnemonic == Mnemonic.PAUSE;
      boolean expected = !hint && !CpuModel.PENTIUM3.carriesOut(row.feature);
      assertThat(unsupported > 0).as(row.toString()).isEqualTo(expected);
    });
  }

  /** An encoding in 32-bit code of every row that has one. */
  private static Map<Row, byte[]> encodings() {
    Map<Row, byte[]> encodings = new IdentityHashMap<>();
    Decoder decoder = new Decoder();
    for (String line : corpus().split("\n")) {
      String[] parts = line.split(" ", 4);
      if (parts[0].equals("32")) {
        byte[] bytes = HexFormat.of().parseHex(parts[1]);
        Insn insn = decoder.decode(bytes, 0, bytes.length, 32);
        if (insn != null && insn.mnemonic != Mnemonic.INVALID) {
          encodings.putIfAbsent(insn.row, bytes);
        }
      }
    }
    return encodings;
  }

  private static String corpus() {
    try (var in = Decoder.class.getResourceAsStream("oracle.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
