package dejavm.cpu.interpret;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.TestMachine;
import dejavm.cpu.ControlRegisters;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuModel;
import dejavm.cpu.Fault;
import dejavm.cpu.X87;
import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Operand;
import dejavm.memory.PageFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What instructions on MMX and XMM registers need before they do anything: the unit, alignment, the
 * rights to every byte. How many bytes each form touches, and which are to be aligned, a processor
 * said: oracle/packed.c.
 */
class PackedAccessTest {
  private static final int PAGE_TABLE = 0x31000;
  private static final long PAGE = 0x40000;
  private static final long ABSENT = 0x41000;

  private final TestMachine machine =
      TestMachine.flat(16, CpuModel.X86_64_V2).paging(PAGE_TABLE - 0x1000);
  private final Cpu c = machine.cpu;
  private final Operations operations = new Operations(c);
  private final Decoder decoder = new Decoder();

  @BeforeEach
  void prepare() {
    entry(ABSENT, 0);
    c.cr4 |= ControlRegisters.CR4_OSFXSR;
    c.cr0 |= ControlRegisters.CR0_NE;
    c.controlChanged();
    c.x87.init();
    c.x87.top = 3;
    for (int i = 0; i < 32; i++) {
      c.xmm[i] = 0x0101_0101_0101_0101L * (i + 1);
    }
    for (int i = 0; i < 8; i++) {
      c.x87.significand[i] = 0x0001_0203_0405_0607L * (i + 1);
    }
  }

  private void entry(long linear, long value) {
    machine.put(PAGE_TABLE + 4 * (linear >>> 12), value, 4);
  }

  private Insn decode(String code) {
    byte[] bytes = HexFormat.of().parseHex(code);
    boolean wide = bytes[0] == 0x48 || bytes[1] == 0x48;
    return decoder.decode(bytes, 0, bytes.length, wide ? 64 : 32);
  }

  /** What an instruction ends in with its memory operand at an address. */
  private String outcome(Insn insn, long address) {
    c.r[Cpu.RDI] = address;
    try {
      operations.execute(insn);
      return "ok";
    } catch (Fault fault) {
      return fault.getMessage();
    } catch (PageFault fault) {
      return "page fault at %x".formatted(fault.linear());
    }
  }

  private String outcome(String code, long address) {
    return outcome(decode(code), address);
  }

  /** All that an instruction could have changed. */
  private String state() {
    X87 unit = c.x87;
    return Arrays.toString(c.xmm)
        + Arrays.toString(c.r)
        + unit.state().top()
        + unit.empty
        + Arrays.toString(unit.significand)
        + Arrays.toString(unit.signExponent)
        + machine.get(ABSENT - 16, 8)
        + machine.get(ABSENT - 8, 8);
  }

  private static List<String> lines() {
    try (var in = Cpu.class.getResourceAsStream("packed-access.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean has(Insn insn, Operand.Kind kind) {
    return Arrays.stream(insn.operands).anyMatch(operand -> operand.kind() == kind);
  }

  @Test
  void asManyBytesAreTouchedAsByTheProcessor() {
    assertThat(lines()).hasSizeGreaterThan(200);
    for (String line : lines()) {
      String[] parts = line.split(" ");
      Insn insn = decode(parts[1]);
      int bytes = Integer.parseInt(parts[2]);
      boolean aligned = parts[3].equals("aligned");
      for (int before = 1; before < bytes; before++) {
        prepare();
        outcome(insn, PAGE);
        prepare();
        c.r[Cpu.RDI] = ABSENT - before;
        String state = state();
        assertThat(outcome(insn, ABSENT - before))
            .as(line)
            .isEqualTo(aligned ? "exception 13 error 0" : "page fault at 41000");
        assertThat(state()).as(line).isEqualTo(state);
      }
      assertThat(outcome(insn, ABSENT - bytes)).as(line).isEqualTo("ok");
      assertThat(outcome(insn, PAGE + 1))
          .as(line)
          .isEqualTo(aligned ? "exception 13 error 0" : "ok");
      assertThat(outcome(insn, ABSENT)).as(line).isEqualTo("page fault at 41000");
    }
  }

  @Test
  void unitsMustBeThere() {
    for (String line : lines()) {
      Insn insn = decode(line.split(" ")[1]);
      boolean mmx = has(insn, Operand.Kind.MM);
      prepare();
      c.cr0 |= ControlRegisters.CR0_TS;
      assertThat(outcome(insn, ABSENT)).as(line).isEqualTo("exception 7");
      c.cr0 |= ControlRegisters.CR0_EM;
      assertThat(outcome(insn, ABSENT)).as(line).isEqualTo("exception 6");
      c.cr0 &= ~(ControlRegisters.CR0_TS | ControlRegisters.CR0_EM);
      c.cr4 &= ~ControlRegisters.CR4_OSFXSR;
      assertThat(outcome(insn, PAGE)).as(line).isEqualTo(mmx ? "ok" : "exception 6");
      c.cr4 |= ControlRegisters.CR4_OSFXSR;
      pend();
      assertThat(outcome(insn, PAGE)).as(line).isEqualTo(mmx ? "exception 16" : "ok");
    }
  }

  /** An unmasked x87 exception that has not been delivered. */
  private void pend() {
    c.x87.status |= X87.ZE;
    c.x87.control &= ~X87.ZE;
  }

  @Test
  void unitsMustBeThereForRegistersToo() {
    for (String code :
        List.of("0fefca", "0f71d101", "0fd7ca", "0fc5c101", "0fc4c801", "0f77", "0f7ec8")) {
      prepare();
      c.cr4 &= ~ControlRegisters.CR4_OSFXSR;
      assertThat(outcome(code, 0)).as(code).isEqualTo("ok");
      pend();
      assertThat(outcome(code, 0)).as(code).isEqualTo("exception 16");
      c.cr0 |= ControlRegisters.CR0_TS;
      assertThat(outcome(code, 0)).as(code).isEqualTo("exception 7");
      c.cr0 |= ControlRegisters.CR0_EM;
      assertThat(outcome(code, 0)).as(code).isEqualTo("exception 6");
      c.cr0 &= ~(ControlRegisters.CR0_TS | ControlRegisters.CR0_EM);
    }
    for (String code :
        List.of("660fefca", "660f71d101", "660fd7ca", "660fc5c101", "660fc4c801", "660f73d901")) {
      prepare();
      pend();
      assertThat(outcome(code, 0)).as(code).isEqualTo("ok");
      c.cr4 &= ~ControlRegisters.CR4_OSFXSR;
      c.cr0 |= ControlRegisters.CR0_TS;
      assertThat(outcome(code, 0)).as(code).isEqualTo("exception 6");
      c.cr4 |= ControlRegisters.CR4_OSFXSR;
      assertThat(outcome(code, 0)).as(code).isEqualTo("exception 7");
      c.cr0 &= ~ControlRegisters.CR0_TS;
    }
  }

  /** MOVQ2DQ and MOVDQ2Q need both. */
  @Test
  void movesBetweenTheUnitsNeedBoth() {
    for (String code : List.of("f30fd6ca", "f20fd6ca")) {
      prepare();
      pend();
      assertThat(outcome(code, 0)).as(code).isEqualTo("exception 16");
      c.cr4 &= ~ControlRegisters.CR4_OSFXSR;
      assertThat(outcome(code, 0)).as(code).isEqualTo("exception 6");
      c.x87.init();
    }
  }

  /** With CR0.NE clear, a pending exception goes to the board, and the instruction goes on. */
  @Test
  void pendingExceptionsGoToTheBoard() {
    c.cr0 &= ~ControlRegisters.CR0_NE;
    pend();
    assertThat(outcome("0fefca", 0)).isEqualTo("ok");
    assertThat(machine.log).singleElement().asString().startsWith("pin FERR true");
    assertThat(c.x87.empty).isZero();
  }

  // ---- the masked stores, whose address is not encoded ----

  private String store(String code, long address, long maskLow, long maskHigh) {
    c.x87.significand[2] = maskLow;
    c.xmm[4] = maskLow;
    c.xmm[5] = maskHigh;
    return outcome(code, address);
  }

  @Test
  void maskedStoresNeedTheRightToAllBytes() {
    for (long mask : new long[] {0, 0x80, -1}) {
      assertThat(store("660ff7ca", ABSENT - 8, mask, 0)).isEqualTo("page fault at 41000");
      assertThat(store("0ff7ca", ABSENT - 4, mask, 0)).isEqualTo("page fault at 41000");
      assertThat(machine.get(ABSENT - 8, 8)).isZero();
      assertThat(store("660ff7ca", ABSENT - 16, mask, mask)).isEqualTo("ok");
      assertThat(store("0ff7ca", ABSENT - 8, mask, 0)).isEqualTo("ok");
      machine.put(ABSENT - 16, 0, 8).put(ABSENT - 8, 0, 8);
    }
    entry(ABSENT, ABSENT | 5);
    assertThat(store("660ff7ca", ABSENT, 0, 0)).isEqualTo("page fault at 41000");
    assertThat(store("0ff7ca", ABSENT, 0, 0)).isEqualTo("page fault at 41000");
  }

  @Test
  void maskedStoresHaveASegmentAndAnAddressSize() {
    c.segment(Cpu.FS, 0x10, 0x20000, 0xFFFF, 0x93);
    assertThat(store("64660ff7ca", 0x3001, 0x80, 1L << 63)).isEqualTo("ok");
    assertThat(machine.get(0x23000, 8)).isEqualTo(0x0300);
    assertThat(machine.get(0x23008, 8)).isZero();
    assertThat(machine.get(0x23010, 1)).isEqualTo(4);
    assertThat(store("64660ff7ca", 0xFFF1, 0, 0)).isEqualTo("exception 13 error 0");
    assertThat(store("6764660ff7ca", 0x77_3101, 0x80, 0)).isEqualTo("ok");
    assertThat(machine.get(0x23101, 1)).isEqualTo(3);
  }

  // ---- devices ----

  @Test
  void devicesSeeHalvesInAscendingOrder() {
    entry(PAGE, 0x8000_0003L);
    assertThat(outcome("f30f6f0f", PAGE + 8)).isEqualTo("ok");
    assertThat(outcome("660f7f0f", PAGE + 16)).isEqualTo("ok");
    assertThat(outcome("0f7f0f", PAGE)).isEqualTo("ok");
    assertThat(outcome("f30f6f0f", ABSENT - 8)).isEqualTo("page fault at 41000");
    assertThat(outcome("f30f7f0f", ABSENT - 8)).isEqualTo("page fault at 41000");
    assertThat(outcome("660ff7ca", ABSENT - 8)).isEqualTo("page fault at 41000");
    assertThat(machine.log.stream().map(line -> line.substring(0, line.indexOf(" @"))))
        .containsExactly(
            "read MEMORY 80000008 8",
            "read MEMORY 80000010 8",
            "write MEMORY 80000010 8",
            "write MEMORY 80000018 8",
            "write MEMORY 80000000 8");
  }

  // ---- MMX registers are the significands of the x87 ----

  @Test
  void mmxRegistersArePhysical() {
    c.x87.init();
    assertThat(outcome("d9e8", 0)).isEqualTo("ok");
    assertThat(c.x87.top).isEqualTo(7);
    assertThat(outcome("0f7f3f", PAGE)).isEqualTo("ok");
    assertThat(machine.get(PAGE, 8)).isEqualTo(1L << 63);
    assertThat(c.x87.statusWord() >> 11 & 7).isZero();
    assertThat(c.x87.empty).isZero();
    assertThat(c.x87.signExponent[7]).isEqualTo(0x3FFF);
    assertThat(outcome("0f6f07", PAGE)).isEqualTo("ok");
    assertThat(outcome("db3f", PAGE)).isEqualTo("ok");
    assertThat(machine.get(PAGE, 8)).isEqualTo(1L << 63);
    assertThat(machine.get(PAGE + 8, 2)).isEqualTo(0xFFFF);
    assertThat(outcome("0f77", 0)).isEqualTo("ok");
    assertThat(c.x87.empty).isEqualTo(0xFF);
    assertThat(c.x87.top).isZero();
  }
}
