package dejavm.cpu.decode;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.cpu.decode.Operand.Kind;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DecoderTest {
  private final Decoder decoder = new Decoder();

  private Insn decode(int mode, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replace(" ", ""));
    return decoder.decode(bytes, 0, bytes.length, mode);
  }

  @Test
  void partsOfAnAddress() {
    Insn insn = decode(32, "8b 44 8b f0");
    assertThat(insn.mnemonic).isEqualTo(Mnemonic.MOV);
    assertThat(insn.operands).containsExactly(operand(Kind.REG, 0, 4), operand(Kind.MEM, 0, 4));
    assertThat(insn.base).isEqualTo(3);
    assertThat(insn.index).isEqualTo(1);
    assertThat(insn.scale).isEqualTo(2);
    assertThat(insn.displacement).isEqualTo(-16);
    assertThat(insn.segment).isEqualTo(3);
  }

  @ParameterizedTest
  @CsvSource({
    // mode, code, segment, base, index
    "16, 8b00, 3, 3, 6",
    "16, 8b01, 3, 3, 7",
    "16, 8b02, 2, 5, 6",
    "16, 8b03, 2, 5, 7",
    "16, 8b04, 3, 6, 16",
    "16, 8b05, 3, 7, 16",
    "16, 8b4600, 2, 5, 16",
    "16, 8b07, 3, 3, 16",
    "16, 8b061234, 3, 16, 16",
    "32, 8b4500, 2, 5, 16",
    "32, 8b0424, 2, 4, 16",
    "32, 8b042d00000000, 3, 16, 5",
    "32, 3e8b4500, 3, 5, 16",
    "32, 2e368b00, 2, 0, 16",
    "64, 418b4500, 3, 13, 16",
    "64, 418b0424, 3, 12, 16",
    "64, 8b0500000000, 3, 17, 16",
    "64, 428b0420, 3, 0, 12",
    "64, 2e8b4500, 2, 5, 16",
    "64, 642e8b00, 4, 0, 16",
    "32, 26a4, 0, 16, 16",
    "32, a4, 3, 16, 16",
    "16, 64d7, 4, 16, 16",
    "32, 65a100000000, 5, 16, 16",
  })
  void registersOfAddresses(int mode, String hex, int segment, int base, int index) {
    Insn insn = decode(mode, hex);
    assertThat(insn.segment).isEqualTo(segment);
    assertThat(insn.base).isEqualTo(base);
    assertThat(insn.index).isEqualTo(index);
  }

  @ParameterizedTest
  @CsvSource({
    // mode, code, operand size, address size
    "16, 89c0, 2, 2", "16, 6689c0, 4, 2", "16, 676689c0, 4, 4", "32, 89c0, 4, 4",
        "32, 6689c0, 2, 4",
    "32, 6789c0, 4, 2", "64, 89c0, 4, 8", "64, 6689c0, 2, 8", "64, 4889c0, 8, 8",
        "64, 664889c0, 8, 8",
    "64, 486689c0, 2, 8", "64, 6789c0, 4, 4", "64, 50, 8, 8", "64, 6650, 2, 8", "64, c3, 8, 8",
    "64, 66c3, 8, 8", "64, cb, 4, 8", "64, 48cb, 8, 8", "64, cf, 4, 8", "64, 48cf, 8, 8",
    "32, a4, 1, 4", "32, a5, 4, 4", "16, 66a5, 4, 2", "64, 48a5, 8, 8", "64, 486d, 4, 8",
    "64, 48ed, 4, 8", "32, 660fc1c0, 2, 4", "32, 660f6ec0, 4, 4", "64, ffe0, 8, 8",
  })
  void sizes(int mode, String hex, int operandSize, int addressSize) {
    Insn insn = decode(mode, hex);
    assertThat(insn.operandSize).isEqualTo(operandSize);
    assertThat(insn.addressSize).isEqualTo(addressSize);
  }

  @ParameterizedTest
  @CsvSource({
    // mode, code, immediate, second
    "32, 83c0f0, -16, 0",
    "32, 6683c0f0, -16, 0",
    "32, 04f0, -16, 0",
    "32, cdf0, 240, 0",
    "32, 05000000f0, -268435456, 0",
    "64, 4805000000f0, -268435456, 0",
    "32, c2f0ff, 65520, 0",
    "64, 48b8f0ffffffffffff7f, 9223372036854775792, 0",
    "32, c8341205, 4660, 5",
    "32, ea7856f3f12301, 4059256440, 291",
    "16, ea78f62301, 63096, 291",
    "32, ebfe, -2, 0",
    "32, e8fbffffff, -5, 0",
    "16, e9fdff, -3, 0",
    "32, c1e0ff, 255, 0",
    "32, d1e0, 1, 0",
    "32, 0fa4c3ff, 255, 0",
    "32, 6af0, -16, 0",
    "32, 6bc0f0, -16, 0",
    "32, e4f0, 240, 0",
  })
  void immediates(int mode, String hex, long first, long second) {
    Insn insn = decode(mode, hex);
    assertThat(insn.immediate).isEqualTo(first);
    assertThat(insn.immediate2).isEqualTo(second);
  }

  @Test
  void operandsThatAreNotEncoded() {
    assertThat(decode(32, "04 10").operands[0]).isEqualTo(operand(Kind.REG, 0, 1));
    assertThat(decode(32, "66 ef").operands)
        .containsExactly(operand(Kind.REG, 2, 2), operand(Kind.REG, 0, 2));
    assertThat(decode(32, "d3 e0").operands[1]).isEqualTo(operand(Kind.REG, 1, 1));
    assertThat(decode(32, "0f a8").operands).containsExactly(operand(Kind.SEGMENT, 5, 2));
    assertThat(decode(32, "df e0").operands).containsExactly(operand(Kind.REG, 0, 2));
    assertThat(decode(32, "d8 c3").operands)
        .containsExactly(operand(Kind.ST, 0, 10), operand(Kind.ST, 3, 10));
  }

  @Test
  void byteRegistersDependOnRex() {
    assertThat(decode(64, "88 e0").operands[1]).isEqualTo(operand(Kind.HIGH, 0, 1));
    assertThat(decode(64, "40 88 e0").operands[1]).isEqualTo(operand(Kind.REG, 4, 1));
    assertThat(decode(64, "40 66 88 e0").operands[1]).isEqualTo(operand(Kind.HIGH, 0, 1));
  }

  @Test
  void conditionsAreTheLowBitsOfTheOpcode() {
    for (int condition = 0; condition < 16; condition++) {
      assertThat(decode(32, "%02x 00".formatted(0x70 + condition)).condition).isEqualTo(condition);
      assertThat(decode(32, "0f %02x c0".formatted(0x90 + condition)).condition)
          .isEqualTo(condition);
      assertThat(decode(32, "0f %02x c0".formatted(0x40 + condition)).condition)
          .isEqualTo(condition);
    }
    assertThat(decode(32, "89 c0").condition).isZero();
  }

  @Test
  void repeatPrefixesThatSelectTheInstructionAreNone() {
    assertThat(decode(32, "f3 a4").rep).isTrue();
    assertThat(decode(32, "f2 f3 a4").repne).isFalse();
    assertThat(decode(32, "f3 f2 ae").repne).isTrue();
    Insn addss = decode(32, "f3 0f 58 c1");
    assertThat(addss.mnemonic).isEqualTo(Mnemonic.ADDSS);
    assertThat(addss.rep).isFalse();
    assertThat(decode(32, "66 f3 0f 58 c1").mnemonic).isEqualTo(Mnemonic.ADDSS);
    assertThat(decode(32, "f3 0f bc c1").mnemonic).isEqualTo(Mnemonic.BSF);
    assertThat(decode(32, "66 f2 0f 38 f1 c1").mnemonic).isEqualTo(Mnemonic.CRC32);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8ec8",
        "8ef0",
        "8cf8",
        "0f20c8",
        "0f22e8",
        "8dc0",
        "c4c0",
        "c5c0",
        "62c0",
        "ffd8",
        "ffe8",
        "fff8",
        "fed0",
        "8fc8",
        "c6c8",
        "0f01d8",
        "0fc7c8",
        "0f0ac0",
        "0fb8c0",
        "0f24c0",
        "0f0f00",
        "f0 89c0",
        "f0 00c0",
        "f0 0300",
        "f0 8b00",
        "f0 3900",
        "f0 0fa300",
        "f0 90",
        "f0 a4",
        "f0 f4",
        "f0 0f20c0",
        "d9d1",
        "dbe5",
        "d908",
        "d9e2",
        "0fba00",
        "0f7190",
        "f2 0fc4c000",
      })
  void undefinedInstructions(String hex) {
    Insn insn = decode(32, hex);
    assertThat(insn.mnemonic).as(hex).isEqualTo(Mnemonic.INVALID);
    assertThat(insn.tooLong).isFalse();
    assertThat(insn.row.endsBlock).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "06",
        "0e",
        "16",
        "1e",
        "07",
        "17",
        "1f",
        "27",
        "2f",
        "37",
        "3f",
        "60",
        "61",
        "6200",
        "82c000",
        "9a000000000000",
        "c400",
        "c500",
        "ce",
        "d400",
        "d500",
        "d6",
        "ea000000000000",
      })
  void goneIn64BitMode(String hex) {
    assertThat(decode(64, hex).mnemonic).isEqualTo(Mnemonic.INVALID);
    assertThat(decode(32, hex).mnemonic).isNotEqualTo(Mnemonic.INVALID);
  }

  @Test
  void lockableFormsTakeLock() {
    for (String hex :
        new String[] {
          "0100",
          "8000ff",
          "ff00",
          "f718",
          "8700",
          "0fb100",
          "0fc10b",
          "0fab00",
          "0fba2800",
          "0fc70e"
        }) {
      Insn insn = decode(32, "f0" + hex);
      assertThat(insn.mnemonic).as(hex).isNotEqualTo(Mnemonic.INVALID);
      assertThat(insn.lock).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 32, 64})
  void longerThanFifteenBytesIsTooLong(int mode) {
    byte[] code = new byte[20];
    Arrays.fill(code, (byte) 0x3E);
    code[14] = (byte) 0x90;
    assertThat(decoder.decode(code, 0, 20, mode).length).isEqualTo(15);
    assertThat(decoder.decode(code, 0, 14, mode)).isNull();
    code[13] = (byte) 0x89;
    code[14] = (byte) 0x80;
    Insn insn = decoder.decode(code, 0, 20, mode);
    assertThat(insn.mnemonic).isEqualTo(Mnemonic.INVALID);
    assertThat(insn.tooLong).isTrue();
    assertThat(insn.length).isEqualTo(15);
    assertThat(decoder.decode(code, 0, 15, mode).tooLong).isTrue();
    Arrays.fill(code, (byte) 0x3E);
    assertThat(decoder.decode(code, 0, 15, mode).tooLong).isTrue();
  }

  @Test
  void operandsAreShared() {
    assertThat(decode(32, "89 d8").operands[0]).isSameAs(decode(32, "01 d8").operands[0]);
  }

  @Test
  void nopIsNotAnExchange() {
    assertThat(decode(64, "90").mnemonic).isEqualTo(Mnemonic.NOP);
    assertThat(decode(64, "48 90").mnemonic).isEqualTo(Mnemonic.NOP);
    assertThat(decode(64, "41 90").mnemonic).isEqualTo(Mnemonic.XCHG);
    assertThat(decode(64, "41 90").operands[0]).isEqualTo(operand(Kind.REG, 8, 4));
    assertThat(decode(32, "f3 90").mnemonic).isEqualTo(Mnemonic.PAUSE);
  }

  @Test
  void flagsDependOnConditionAndCount() {
    assertThat(decode(32, "74 00").flagsRead()).isEqualTo(0x40);
    assertThat(decode(32, "7e 00").flagsRead()).isEqualTo(0x8C0);
    assertThat(decode(32, "c1 e0 00").flagsWritten()).isZero();
    assertThat(decode(32, "c1 e0 21").flagsWritten()).isEqualTo(0x8C5);
    assertThat(decode(64, "48 c1 e0 21").flagsUndefined()).isEqualTo(0x810);
    assertThat(decode(32, "d3 e0").flagsMayStay()).isTrue();
    assertThat(decode(32, "c1 e0 03").flagsMayStay()).isFalse();
    assertThat(decode(32, "f3 a6").flagsMayStay()).isTrue();
    assertThat(decode(32, "a6").flagsMayStay()).isFalse();
  }

  private static Operand operand(Kind kind, int register, int size) {
    return new Operand(kind, register, size);
  }
}
