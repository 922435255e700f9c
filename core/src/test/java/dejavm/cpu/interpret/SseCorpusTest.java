package dejavm.cpu.interpret;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.cpu.Cpu;
import dejavm.cpu.CpuModel;
import dejavm.cpu.decode.Insn;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every instruction of SSE's floating point against what a processor did: the corpus is printed by
 * oracle/sse.c, run on an Intel Xeon of the Sapphire Rapids generation. All that the instructions
 * leave behind agrees to the bit, after faults, too. RCPPS and RSQRTPS, which are approximations,
 * are in {@code SseApproximationsTest}.
 */
class SseCorpusTest {
  private static final int TOP = 3;

  @Test
  void agreesWithTheProcessor() {
    SseFixture fixture = new SseFixture(CpuModel.X86_64_V2);
    List<String> wrong = new ArrayList<>();
    List<String> lines = corpus();
    for (String line : lines) {
      int middle = line.indexOf(" = ");
      String after = execute(fixture, line.substring(0, middle).split(" "));
      if (!after.equals(line.substring(middle + 3))) {
        wrong.add(line + "\n  " + after);
      }
    }
    assertThat(lines).hasSizeGreaterThan(2500);
    assertThat(wrong).isEmpty();
  }

  /** Name, code, MXCSR, XMM0, XMM1, EAX; MM0 is EAX and MM1 the low half of XMM1. */
  private static String execute(SseFixture fixture, String[] before) {
    // a line of 64-bit code has a REX prefix after its mandatory one
    Insn insn = fixture.decode(before[1], before[1].startsWith("48", 2) ? 64 : 32);
    Cpu c = fixture.c;
    c.mxcsr = (int) hex(before[2]);
    c.xmm[1] = hex(before[3].substring(0, 16));
    c.xmm[0] = hex(before[3].substring(16));
    c.xmm[3] = hex(before[4].substring(0, 16));
    c.xmm[2] = hex(before[4].substring(16));
    c.r[Cpu.RAX] = hex(before[5]);
    c.x87.significand[0] = hex(before[5]);
    c.x87.significand[1] = c.xmm[2];
    c.x87.top = TOP;
    c.setArithmeticFlags(0);
    String outcome = fixture.execute(insn);
    return String.format(
        "%s %x %016x%016x %x %x %x",
        outcome.equals("ok") ? "0" : outcome.equals("19") ? "1" : outcome,
        c.mxcsr,
        c.xmm[1],
        c.xmm[0],
        c.r[Cpu.RAX],
        c.x87.significand[0],
        c.flags() & 0x8D5);
  }

  private static long hex(String digits) {
    return Long.parseUnsignedLong(digits, 16);
  }

  private static List<String> corpus() {
    try (InputStream in = Cpu.class.getResourceAsStream("sse.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII).lines().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
