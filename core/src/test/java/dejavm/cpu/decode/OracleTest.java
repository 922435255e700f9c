package dejavm.cpu.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The decoder and the disassembler against another one: iced-x86, whose answers stand in oracle.txt
 * (src/test/oracle/README.md tells how they are made).
 */
class OracleTest {
  private static final long ADDRESS = 0x1000;

  /** CF, PF, AF, ZF, SF, IF, DF, OF, AC: the flags that the oracle knows. */
  private static final int FLAGS = 0x40ED5;

  private final Decoder decoder = new Decoder();
  private final Disassembler disassembler = new Disassembler();

  /** A line of the oracle. */
  private record Answer(
      int mode, byte[] code, int length, int read, int written, int undefined, String text) {
    static Answer of(String line) {
      String[] parts = line.split(" ", 7);
      return new Answer(
          Integer.parseInt(parts[0]),
          HexFormat.of().parseHex(parts[1]),
          Integer.parseInt(parts[2]),
          Integer.parseInt(parts[3], 16),
          Integer.parseInt(parts[4], 16),
          Integer.parseInt(parts[5], 16),
          parts[6]);
    }
  }

  @Test
  void textsAndLengthsAgree() throws IOException {
    List<String> differences = new ArrayList<>();
    for (Answer answer : answers()) {
      Insn insn = decoder.decode(answer.code, 0, answer.code.length, answer.mode);
      String text = insn == null ? "null" : disassembler.text(insn, ADDRESS);
      boolean same =
          text.equals(answer.text) && (answer.length == 0 || insn.length == answer.length);
      if (!same) {
        differences.add(
            answer.mode
                + " "
                + HexFormat.of().formatHex(answer.code)
                + ": "
                + text
                + " for "
                + answer);
      }
    }
    assertThat(differences).isEmpty();
  }

  @Test
  void flagsAgree() throws IOException {
    List<String> differences = new ArrayList<>();
    for (Answer answer : answers()) {
      Insn insn = decoder.decode(answer.code, 0, answer.code.length, answer.mode);
      boolean same =
          (insn.flagsRead() & FLAGS) == answer.read
              && (insn.flagsWritten() & FLAGS) == answer.written
              && (insn.flagsUndefined() & FLAGS) == answer.undefined;
      if (!same && answer.length > 0 && !differsOnPurpose(insn)) {
        differences.add(insn.row + ": " + answer);
      }
    }
    assertThat(differences).isEmpty();
  }

  /**
   * Software interrupts push the flags, which the oracle does not count as reading. Rotates of
   * bytes and words through carry by more than 8 or 16: the oracle takes the count modulo 9 or 17
   * for whether OF is defined; the SDM takes it modulo 32.
   */
  private static boolean differsOnPurpose(Insn insn) {
    return switch (insn.mnemonic) {
      case INT, INT1, INT3, INTO -> true;
      case RCL, RCR -> insn.operands[0].size() <= 2;
      default -> false;
    };
  }

  @Test
  void noByteIsReadBeyondTheInstructionAndNoneCanBeMissing() throws IOException {
    for (Answer answer : answers()) {
      if (answer.length == 0) {
        continue;
      }
      byte[] code = answer.code;
      for (int length = 0; length < answer.length; length++) {
        assertThat(decoder.decode(code, 0, length, answer.mode)).as("%s", answer).isNull();
      }
      // a byte before, to see that the start is heeded
      byte[] shifted = new byte[answer.length + 1];
      shifted[0] = 0x66;
      System.arraycopy(code, 0, shifted, 1, answer.length);
      Insn insn = decoder.decode(shifted, 1, shifted.length, answer.mode);
      assertThat(disassembler.text(insn, ADDRESS)).isEqualTo(answer.text);
    }
  }

  @Test
  void everyRowIsCovered() throws IOException {
    List<Row> missing = new ArrayList<>(OpcodeTable.rows());
    for (Answer answer : answers()) {
      missing.remove(decoder.decode(answer.code, 0, answer.code.length, answer.mode).row);
    }
    assertThat(missing).isEmpty();
  }

  private static List<Answer> answers() throws IOException {
    try (InputStream in = OracleTest.class.getResourceAsStream("oracle.txt")) {
      String all = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return all.lines().map(Answer::of).toList();
    }
  }
}
