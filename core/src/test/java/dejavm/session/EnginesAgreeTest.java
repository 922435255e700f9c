package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Inputs;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuState;
import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Disassembler;
import dejavm.cpu.decode.Insn;
import dejavm.machine.Execution;
import dejavm.machine.Machine;
import dejavm.memory.Peek;
import dejavm.snapshot.StateCodec;
import dejavm.snapshot.StateText;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * Random programs on random boards, run by the translator and by the interpreter in slices of
 * random length: after each, processor and memory are the same.
 */
class EnginesAgreeTest {
  private static final long TICKS = 60_000;

  /** How many ticks before a difference are shown. */
  private static final int SHOWN = 8;

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
    while (high - low > 1) {
      long middle = low + high >>> 1;
      if (attempt(seed, slices, middle).isEmpty()) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return attempt(seed, slices, high);
  }

  private static Pair after(long seed, int slices) {
    Pair pair = new Pair(seed);
    for (int i = 0; i < slices; i++) {
      pair.run(pair.first.now() + pair.slice());
    }
    return pair;
  }

  private static String attempt(long seed, int slices, long length) {
    Pair pair = after(seed, slices);
    long start = pair.first.now();
    pair.run(start + length);
    String difference = compare(pair.first, pair.second);
    return difference.isEmpty()
        ? ""
        : "ticks %d to %d: %s%s"
            .formatted(start, start + length, difference, last(after(seed, slices).first, length));
  }

  /** The instructions at the end of a slice, as the interpreter executes them. */
  private static String last(Machine machine, long length) {
    StringBuilder text = new StringBuilder();
    long end = machine.now() + length;
    for (long now = Math.max(machine.now(), end - SHOWN); now < end; now++) {
      machine.run(now);
      Cpu c = machine.processor().cpu();
      byte[] bytes = new byte[Decoder.MAX_LENGTH];
      new Peek(c.mmu).read(c.wrap(c.codeBase + c.rip), bytes);
      Insn insn = new Decoder().decode(bytes, 0, bytes.length, c.codeSize);
      String name = insn == null ? "?" : new Disassembler().text(insn, c.rip);
      text.append("\n  %d %x %s".formatted(machine.now(), c.rip, name));
    }
    return text.toString();
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
      int at = Arrays.mismatch(one, other);
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
