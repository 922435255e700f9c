package dejavm.cpu.decode;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumSet;
import java.util.HexFormat;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class OpcodeTableTest {
  @Test
  void everyMnemonicHasARow() {
    Set<Mnemonic> missing = EnumSet.complementOf(EnumSet.of(Mnemonic.INVALID));
    OpcodeTable.rows().forEach(row -> missing.remove(row.mnemonic));
    assertThat(missing).isEmpty();
  }

  @Test
  void flagsWrittenAndUndefinedAreDisjoint() {
    for (Row row : OpcodeTable.rows()) {
      assertThat(row.flagsWritten & row.flagsUndefined).as("%s", row).isZero();
    }
  }

  @Test
  void whatTransfersControlOrTouchesSegmentsAndPortsEndsABlock() {
    Set<Mnemonic> ending =
        EnumSet.of(
            Mnemonic.JCC,
            Mnemonic.JMP,
            Mnemonic.CALL,
            Mnemonic.RET,
            Mnemonic.JMPF,
            Mnemonic.CALLF,
            Mnemonic.RETF,
            Mnemonic.IRET,
            Mnemonic.INT,
            Mnemonic.INT3,
            Mnemonic.INT1,
            Mnemonic.INTO,
            Mnemonic.LOOP,
            Mnemonic.LOOPE,
            Mnemonic.LOOPNE,
            Mnemonic.JCXZ,
            Mnemonic.HLT,
            Mnemonic.STI,
            Mnemonic.CLI,
            Mnemonic.POPF,
            Mnemonic.IN,
            Mnemonic.OUT,
            Mnemonic.INS,
            Mnemonic.OUTS,
            Mnemonic.LDS,
            Mnemonic.LES,
            Mnemonic.LSS,
            Mnemonic.LFS,
            Mnemonic.LGS,
            Mnemonic.LGDT,
            Mnemonic.LIDT,
            Mnemonic.LLDT,
            Mnemonic.LTR,
            Mnemonic.LMSW,
            Mnemonic.CLTS,
            Mnemonic.WRMSR,
            Mnemonic.INVLPG,
            Mnemonic.SYSENTER,
            Mnemonic.SYSEXIT,
            Mnemonic.SYSCALL,
            Mnemonic.SYSRET,
            Mnemonic.RSM,
            Mnemonic.PAUSE,
            Mnemonic.MWAIT,
            Mnemonic.SWAPGS,
            Mnemonic.UD2);
    for (Row row : OpcodeTable.rows()) {
      boolean loadsSegment =
          (row.mnemonic == Mnemonic.MOV && row.operands.startsWith("Sw"))
              || (row.mnemonic == Mnemonic.POP && row.operands.endsWith("S"));
      if (ending.contains(row.mnemonic) || loadsSegment) {
        assertThat(row.endsBlock).as("%s", row).isTrue();
      }
    }
  }

  @Test
  void randomBytesDecodeToSomethingInEveryMode() {
    SplittableRandom random = new SplittableRandom(11);
    Decoder decoder = new Decoder();
    Disassembler disassembler = new Disassembler();
    byte[] code = new byte[20];
    for (int i = 0; i < 300_000; i++) {
      random.nextBytes(code);
      Insn insn = decoder.decode(code, 0, code.length, 16 << i % 3);
      assertThat(insn.length).isBetween(1, 15);
      assertThat(insn.operands).doesNotContainNull();
      assertThat(disassembler.text(insn, 0)).as(HexFormat.of().formatHex(code)).isNotEmpty();
    }
  }
}
