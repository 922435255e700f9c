package dejavm.cpu.interpret;

import static dejavm.cpu.interpret.SseFixture.CODE;
import static dejavm.cpu.interpret.SseFixture.DATA;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.cpu.ControlRegisters;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What surrounds the arithmetic: availability, memory operands, exceptions, MMX registers. */
class SseOperationsTest {
  private static final long ONE = 0x3FF0_0000_0000_0000L;
  private static final long SIGNALING = 0x7F80_0001L;
  private static final int UNMASKED_INVALID = 0x1F00;

  private final SseFixture f = new SseFixture(CpuModel.X86_64_V2);
  private final Cpu c = f.c;

  // ---- availability ----

  @ParameterizedTest
  @ValueSource(strings = {"0f58c1", "0f28c1", "0f54c1", "f20f2ac0", "0fae1d00600000"})
  void needsWhatTheSystemSwitchesOn(String code) {
    assertThat(f.execute(code)).isEqualTo("ok");
    c.cr0 |= ControlRegisters.CR0_TS;
    assertThat(f.execute(code)).isEqualTo("7");
    c.cr4 &= ~ControlRegisters.CR4_OSFXSR;
    assertThat(f.execute(code)).isEqualTo("6");
    c.cr4 |= ControlRegisters.CR4_OSFXSR;
    c.cr0 |= ControlRegisters.CR0_EM;
    assertThat(f.execute(code)).isEqualTo("6");
  }

  @Test
  void thePentium3HasTheFirstSseOnly() {
    SseFixture old = new SseFixture(CpuModel.PENTIUM3);
    assertThat(old.execute("0f58c1")).isEqualTo("ok");
    assertThat(old.execute("660f58c1")).isEqualTo("unsupported");
  }

  // ---- memory ----

  /** Those of 16 bytes want them aligned, but for the moves that say so. */
  @ParameterizedTest
  @CsvSource({
    "0f5805, 13", // ADDPS
    "0f5b05, 13", // CVTDQ2PS
    "660f5a05, 13", // CVTPD2PS
    "f20fe605, 13", // CVTPD2DQ
    "660f2d05, 13", // CVTPD2PI
    "f30f1205, 13", // MOVSLDUP
    "660f1405, 13", // UNPCKLPD
    "0f5305, 13", // RCPPS
    "0f2805, 13", // MOVAPS
    "0f2905, 13", // MOVAPS to memory
    "0f2b05, 13", // MOVNTPS
    "0f1005, ok", // MOVUPS
    "660f1105, ok", // MOVUPD to memory
    "f20ff005, ok", // LDDQU
    "f30fe605, ok", // CVTDQ2PD
    "0f5a05, ok", // CVTPS2PD
    "f20f1205, ok", // MOVDDUP
    "0f1205, ok", // MOVLPS
    "660f1605, ok", // MOVHPD
    "f20f5805, ok" // ADDSD
  })
  void alignment(String code, String outcome) {
    assertThat(f.execute(code + "04600000")).isEqualTo(outcome);
  }

  @Test
  void scalarMovesFromMemoryClearTheRest() {
    f.put(DATA, 0x1122334455667788L, 8);
    c.xmm[0] = -1;
    c.xmm[1] = -1;
    f.execute("f30f100500600000");
    assertThat(c.xmm[0]).isEqualTo(0x55667788L);
    assertThat(c.xmm[1]).isZero();
    c.xmm[1] = -1;
    f.execute("f20f100500600000");
    assertThat(c.xmm[0]).isEqualTo(0x1122334455667788L);
    assertThat(c.xmm[1]).isZero();
  }

  @Test
  void scalarMovesToMemoryWriteNoMore() {
    f.put(DATA, -1, 8);
    c.xmm[0] = 0x0102030405060708L;
    f.execute("f30f110500600000");
    assertThat(f.get(DATA, 8)).isEqualTo(0xFFFFFFFF05060708L);
    f.execute("0f130500600000");
    assertThat(f.get(DATA, 8)).isEqualTo(c.xmm[0]);
    c.xmm[1] = 5;
    f.execute("0f170500600000");
    assertThat(f.get(DATA, 8)).isEqualTo(5);
  }

  @Test
  void packedOperandsComeFromMemory() {
    f.put(DATA, ONE, 8);
    f.put(DATA + 8, ONE, 8);
    c.xmm[0] = ONE;
    c.xmm[1] = 0;
    f.execute("660f580500600000");
    assertThat(c.xmm[0]).isEqualTo(0x4000_0000_0000_0000L);
    assertThat(c.xmm[1]).isEqualTo(ONE);
  }

  @Test
  void halvesComeFromMemory() {
    f.put(DATA, 77, 8);
    c.xmm[0] = 1;
    c.xmm[1] = 2;
    f.execute("0f120500600000");
    assertThat(c.xmm[0]).isEqualTo(77);
    f.put(DATA, 78, 8);
    f.execute("0f160500600000");
    assertThat(c.xmm[0]).isEqualTo(77);
    assertThat(c.xmm[1]).isEqualTo(78);
  }

  // ---- exceptions ----

  @Test
  void unmaskedExceptionsLeaveTheDestination() {
    c.mxcsr = UNMASKED_INVALID;
    c.xmm[0] = SIGNALING;
    assertThat(f.execute("0f58c0")).isEqualTo("19");
    assertThat(c.xmm[0]).isEqualTo(SIGNALING);
    assertThat(c.mxcsr).isEqualTo(UNMASKED_INVALID | 1);
    // The flag alone raises nothing: only an instruction that meets the exception again.
    c.xmm[0] = 0;
    assertThat(f.execute("0f58c0")).isEqualTo("ok");
    c.cr4 &= ~ControlRegisters.CR4_OSXMMEXCPT;
    c.xmm[0] = SIGNALING;
    assertThat(f.execute("0f58c0")).isEqualTo("6");
  }

  @Test
  void theHandlerFindsTheInstruction() {
    f.put(CODE, 0xC0580F, 4);
    f.put(SseFixture.IDT + 8 * 19, 0x0000_8E00_0008_4000L, 8);
    f.put(0x4000, 0x90, 1);
    c.rip = CODE;
    c.mxcsr = UNMASKED_INVALID;
    c.xmm[0] = SIGNALING;
    new Interpreter(c).run(c, 2);
    assertThat(c.rip).isEqualTo(0x4001);
    assertThat(c.r[Cpu.RSP]).isEqualTo(SseFixture.STACK - 12);
    assertThat(f.get(SseFixture.STACK - 12, 4)).isEqualTo(CODE);
    assertThat(c.mxcsr).isEqualTo(UNMASKED_INVALID | 1);
  }

  // ---- MXCSR ----

  @Test
  void reservedBitsOfMxcsrFault() {
    f.put(DATA, 0xFFFF, 4);
    assertThat(f.execute("0fae1500600000")).isEqualTo("ok");
    assertThat(c.mxcsr).isEqualTo(0xFFFF);
    f.put(DATA, 0x10000, 4);
    assertThat(f.execute("0fae1500600000")).isEqualTo("13");
    assertThat(c.mxcsr).isEqualTo(0xFFFF);
    assertThat(f.execute("0fae1d00600000")).isEqualTo("ok");
    assertThat(f.get(DATA, 4)).isEqualTo(0xFFFF);
    SseFixture old = new SseFixture(CpuModel.PENTIUM3);
    old.put(DATA, 0x40, 4);
    assertThat(old.execute("0fae1500600000")).isEqualTo("13");
  }

  // ---- MMX registers ----

  private String mmxAfter(String code) {
    c.x87.init();
    c.x87.top = 7;
    String outcome = f.execute(code);
    return outcome + " " + (c.x87.top == 0 && c.x87.empty == 0);
  }

  @Test
  void conversionsToAndFromMmxRegistersSwitchToThem() {
    assertThat(mmxAfter("0f2ac1")).isEqualTo("ok true");
    assertThat(mmxAfter("660f2ac1")).isEqualTo("ok true");
    assertThat(mmxAfter("0f2dc1")).isEqualTo("ok true");
    assertThat(mmxAfter("660f2c0500600000")).isEqualTo("ok true");
    assertThat(mmxAfter("0f2a0500600000")).isEqualTo("ok false");
    assertThat(mmxAfter("660f2a0500600000")).isEqualTo("ok false");
  }

  @Test
  void theSwitchHappensThoughTheConversionFaults() {
    c.mxcsr = UNMASKED_INVALID;
    c.xmm[2] = SIGNALING;
    assertThat(mmxAfter("0f2dc1")).isEqualTo("19 true");
    assertThat(mmxAfter("660f2d0504600000")).isEqualTo("13 false");
  }

  @Test
  void pendingFloatingPointExceptionsComeFirst() {
    c.x87.controlWord(0x37E);
    c.x87.status = 1;
    c.mxcsr = UNMASKED_INVALID;
    c.xmm[2] = SIGNALING;
    assertThat(f.execute("0f2dc1")).isEqualTo("16");
    assertThat(f.execute("660f2d0504600000")).isEqualTo("16");
    assertThat(f.execute("0f2a0500600000")).isEqualTo("ok");
  }

  // ---- dot products ----

  /** Which NaN an element of a dot product gets: seen on Sapphire Rapids, the SDM is silent. */
  @ParameterizedTest
  @CsvSource({"3, 1010", "5, 0022", "6, 1122", "7, 1022", "c, 3232", "d, 0032", "f, 1032"})
  void dotProductsChooseAmongNaNsByElement(String nans, String chosen) {
    int mask = Integer.parseInt(nans, 16);
    for (int i = 0; i < 4; i++) {
      f.put(DATA + 4 * i, (mask >> i & 1) != 0 ? 0x7FC00000 + i : 0x3F800000, 4);
      f.put(DATA + 16 + 4 * i, 0x3F800000, 4);
    }
    f.execute("0f280500600000");
    f.execute("660f3a400510600000ff");
    f.execute("0f290500600000");
    StringBuilder found = new StringBuilder();
    for (int i = 0; i < 4; i++) {
      found.append(f.get(DATA + 4 * i, 4) - 0x7FC00000);
    }
    assertThat(found.toString()).isEqualTo(chosen);
  }

  @Test
  void dotProductsOfTwoTakeTheirOwnNaN() {
    for (int i = 0; i < 2; i++) {
      c.xmm[i] = 0x7FF8_0000_0000_0000L + i;
      c.xmm[2 + i] = ONE;
    }
    f.execute("660f3a41c133");
    assertThat(c.xmm[0]).isEqualTo(0x7FF8_0000_0000_0000L);
    assertThat(c.xmm[1]).isEqualTo(0x7FF8_0000_0000_0001L);
  }

  /** A product that faults stops the sums, whose exceptions are not reported. */
  @Test
  void unmaskedExceptionsStopDotProducts() {
    c.mxcsr = UNMASKED_INVALID;
    c.xmm[0] = SIGNALING | 0x3F80_0001L << 32;
    c.xmm[1] = 0;
    c.xmm[2] = 0x3F80_0001_3F80_0001L;
    c.xmm[3] = 0;
    assertThat(f.execute("660f3a40c1ff")).isEqualTo("19");
    assertThat(c.mxcsr).isEqualTo(UNMASKED_INVALID | 1);
  }

  // ---- 64-bit integers ----

  @Test
  void conversionsOfWideIntegers() {
    c.r[Cpu.RAX] = Long.MIN_VALUE;
    assertThat(f.execute(f.decode("f2480f2ac0", 64))).isEqualTo("ok");
    assertThat(c.xmm[0]).isEqualTo(0xC3E0_0000_0000_0000L);
    c.r[Cpu.RAX] = 0;
    assertThat(f.execute(f.decode("f2480f2cc0", 64))).isEqualTo("ok");
    assertThat(c.r[Cpu.RAX]).isEqualTo(Long.MIN_VALUE);
    assertThat(c.mxcsr & 1).isZero();
    assertThat(f.execute(f.decode("f20f2cc0", 64))).isEqualTo("ok");
    assertThat(c.r[Cpu.RAX]).isEqualTo(0x8000_0000L);
    assertThat(c.mxcsr & 1).isEqualTo(1);
  }
}
