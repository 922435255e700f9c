package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Inputs;
import dejavm.cpu.CpuState;
import dejavm.machine.Execution;
import dejavm.machine.Machine;
import dejavm.snapshot.StateCodec;
import dejavm.snapshot.StateText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Random programs on random boards, run by the translator and by the interpreter in slices of
 * random length: after each, processor and memory are the same.
 */
class EnginesAgreeTest {
  private static final long TICKS = 60_000;
  private static final int FIRST = Integer.getInteger("dejavm.engines.first", 1);
  private static final int COUNT = Integer.getInteger("dejavm.engines.cases", 200);

  private static Machine machine(long seed, Execution.Kind engine, int tlbEntries) {
    return new RandomCase(seed)
        .machine(
            Inputs.NONE,
            new Execution(engine, tlbEntries),
            UnaryOperator.identity(),
            UnaryOperator.identity());
  }

  /** Two machines that do the same. */
  private static final class Pair {
    private final Dice dice;
    final Machine first;
    final Machine second;

    Pair(long seed) {
      dice = new Dice(seed);
      first = machine(seed, Execution.Kind.INTERPRET, 1024);
      second = machine(seed, Execution.Kind.TRANSLATE, 1 << dice.below(11));
    }

    long slice() {
      return 1 + dice.below(1 << dice.below(13));
    }

    boolean run(long until) {
      boolean off = first.run(until) == Machine.Stop.OFF;
      second.run(until);
      return off;
    }
  }

  /** Where two engines differ, or nothing. */
  private static String difference(long seed) {
    Pair pair = new Pair(seed);
    for (int slices = 0; pair.first.now() < TICKS; slices++) {
      long length = pair.slice();
      boolean off = pair.run(pair.first.now() + length);
      if (!compare(pair.first, pair.second).isEmpty()) {
        return "seed %d: %s".formatted(seed, narrow(seed, slices, length));
      }
      if (off) {
        break;
      }
    }
    return "";
  }

  /** The shortest slice, after so many others, that makes a difference. */
  private static String narrow(long seed, int slices, long length) {
    long low = 0;
    long high = length;
    String found = "";
    while (high - low > 1) {
      long middle = low + high >>> 1;
      String difference = attempt(seed, slices, middle);
      if (difference.isEmpty()) {
        low = middle;
      } else {
        high = middle;
        found = difference;
      }
    }
    return attempt(seed, slices, high) + " " + found.isEmpty();
  }

  private static String attempt(long seed, int slices, long length) {
    Pair pair = new Pair(seed);
    for (int i = 0; i < slices; i++) {
      pair.run(pair.first.now() + pair.slice());
    }
    long start = pair.first.now();
    long end = start + length;
    StringBuilder before = new StringBuilder();
    Pair shadow = new Pair(seed);
    for (int i = 0; i < slices; i++) {
      shadow.run(shadow.first.now() + shadow.slice());
    }
    for (long t = Math.max(start, end - 8); t < end; t++) {
      shadow.first.run(t);
      dejavm.cpu.Cpu c = shadow.first.processor().cpu();
      byte[] bytes = new byte[15];
      new dejavm.memory.Peek(c.mmu).read(c.wrap(c.codeBase + c.rip), bytes);
      var insn = new dejavm.cpu.decode.Decoder().decode(bytes, 0, 15, c.codeSize);
      before
          .append("\n   ")
          .append(shadow.first.now())
          .append(" ")
          .append(Long.toHexString(c.rip))
          .append(" mode ")
          .append(c.codeSize)
          .append(" ")
          .append(insn == null ? "?" : new dejavm.cpu.decode.Disassembler().text(insn, c.rip))
          .append("  ")
          .append(java.util.HexFormat.of().formatHex(bytes, 0, 8));
    }
    pair.run(end);
    String difference = compare(pair.first, pair.second);
    return difference.isEmpty() ? "" : "tick " + start + " to " + end + ": " + difference + before;
  }

  private static String compare(Machine first, Machine second) {
    CpuState a = first.processor().cpu().state();
    CpuState b = second.processor().cpu().state();
    StateCodec codec = new StateCodec();
    if (codec.digest(a) != codec.digest(b)) {
      List<String> differing = new ArrayList<>();
      var left = StateText.fields(a);
      var right = StateText.fields(b);
      left.forEach((name, value) -> {
        if (!value.equals(right.get(name))) {
          differing.add(name + ": " + value + ", translated " + right.get(name));
        }
      });
      return String.join("; ", differing);
    }
    return memory(first, second);
  }

  private static String memory(Machine first, Machine second) {
    byte[] one = new byte[4096];
    byte[] other = new byte[4096];
    for (int page = 0; page < first.processor().ram().pages(); page++) {
      first.processor().memory().readPage(page, one);
      second.processor().memory().readPage(page, other);
      int at = java.util.Arrays.mismatch(one, other);
      if (at >= 0) {
        return "memory at %x: %x, translated %x".formatted(page * 4096 + at, one[at], other[at]);
      }
    }
    return "";
  }

  @Test
  void theyDo() {
    List<String> differences = new ArrayList<>();
    for (int seed = FIRST; seed < FIRST + COUNT && differences.size() < 3; seed++) {
      String difference = difference(seed);
      if (!difference.isEmpty()) {
        differences.add(difference);
      }
    }
    assertThat(differences).isEmpty();
  }
}
