package dejavm.cpu.interpret;

import static dejavm.cpu.interpret.SseFixture.DATA;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.cpu.ControlRegisters;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuModel;
import org.junit.jupiter.api.Test;

/** The part of SSE in the images of FXSAVE and FXRSTOR; SDM volume 1, table 10-2. */
class FxsaveTest {
  private static final String SAVE = "0fae0500600000";
  private static final String RESTORE = "0fae0d00600000";
  private static final int MXCSR = DATA + 24;
  private static final int XMM = DATA + 160;

  private final SseFixture f = new SseFixture(CpuModel.X86_64_V2);
  private final Cpu c = f.c;

  private void fill() {
    for (int i = 0; i < 32; i++) {
      c.xmm[i] = 0x0101_0101_0101_0101L * (i + 1);
    }
    c.mxcsr = 0x7FA1;
  }

  @Test
  void savesEightRegistersIn32BitCode() {
    fill();
    f.put(XMM + 128, 99, 8);
    assertThat(f.execute(SAVE)).isEqualTo("ok");
    assertThat(f.get(MXCSR, 4)).isEqualTo(0x7FA1);
    assertThat(f.get(MXCSR + 4, 4)).isEqualTo(0xFFFF);
    for (int i = 0; i < 16; i++) {
      assertThat(f.get(XMM + 8 * i, 8)).isEqualTo(c.xmm[i]);
    }
    assertThat(f.get(XMM + 128, 8)).isEqualTo(99);
  }

  @Test
  void restoresWhatItSaved() {
    fill();
    f.execute(SAVE);
    long[] saved = c.xmm.clone();
    java.util.Arrays.fill(c.xmm, 0);
    c.mxcsr = Cpu.MXCSR_RESET;
    assertThat(f.execute(RESTORE)).isEqualTo("ok");
    assertThat(c.mxcsr).isEqualTo(0x7FA1);
    for (int i = 0; i < 16; i++) {
      assertThat(c.xmm[i]).isEqualTo(saved[i]);
      assertThat(c.xmm[16 + i]).isZero();
    }
  }

  @Test
  void sixteenRegistersIn64BitCode() {
    fill();
    // the same bytes with a SIB byte: an absolute address
    assertThat(f.execute(f.decode("0fae042500600000", 64))).isEqualTo("ok");
    assertThat(f.get(XMM + 8 * 31, 8)).isEqualTo(c.xmm[31]);
    long last = c.xmm[31];
    c.xmm[31] = 0;
    assertThat(f.execute(f.decode("0fae0c2500600000", 64))).isEqualTo("ok");
    assertThat(c.xmm[31]).isEqualTo(last);
  }

  @Test
  void wideOffsetsHaveNoSelectors() {
    c.x87.instructionOffset = 0x1122334455667788L;
    c.x87.dataOffset = 0x99AABBCCDDEEFF00L;
    c.x87.instructionSelector = 8;
    assertThat(f.execute(f.decode("480fae042500600000", 64))).isEqualTo("ok");
    assertThat(f.get(DATA + 8, 8)).isEqualTo(0x1122334455667788L);
    assertThat(f.get(DATA + 16, 8)).isEqualTo(0x99AABBCCDDEEFF00L);
    f.execute(SAVE);
    assertThat(f.get(DATA + 8, 8)).isEqualTo(0x8_5566_7788L);
  }

  @Test
  void reservedBitsOfMxcsrFaultBeforeAnythingIsRestored() {
    f.execute(SAVE);
    f.put(MXCSR, 0x10000, 4);
    f.put(DATA, 0x27F, 2);
    c.xmm[0] = 5;
    assertThat(f.execute(RESTORE)).isEqualTo("13");
    assertThat(c.xmm[0]).isEqualTo(5);
    assertThat(c.x87.control).isNotEqualTo(0x27F);
  }

  @Test
  void withoutOsfxsrSseIsLeftOut() {
    fill();
    c.cr4 &= ~ControlRegisters.CR4_OSFXSR;
    assertThat(f.execute(SAVE)).isEqualTo("ok");
    assertThat(f.get(MXCSR, 8)).isZero();
    assertThat(f.get(XMM, 8)).isZero();
    assertThat(f.execute(RESTORE)).isEqualTo("ok");
    assertThat(c.mxcsr).isEqualTo(0x7FA1);
    assertThat(c.xmm[0]).isNotZero();
  }

  @Test
  void thePentium3HasNoDaz() {
    SseFixture old = new SseFixture(CpuModel.PENTIUM3);
    old.execute(SAVE);
    assertThat(old.get(MXCSR + 4, 4)).isEqualTo(0xFFBF);
    old.put(MXCSR, 0x40, 4);
    assertThat(old.execute(RESTORE)).isEqualTo("13");
  }
}
