package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Input;
import dejavm.bus.Inputs;
import dejavm.bus.Outputs;
import dejavm.machine.Execution;
import dejavm.machine.Machine;
import dejavm.record.DigestPoint;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Law 2 on the real board: the embedded guest, left to its demonstration or typed to, comes to the
 * same state at every moment, however it is run.
 */
class MachineLawsTest {
  private static final long STEP = 2_500_000;
  private static final int POINTS = 20;

  /** Types at moments that are given, one key or one byte at a time. */
  private static final class Typist implements Inputs {
    private static final long[] MOMENTS = {
      4_000_000, 6_500_001, 9_999_999, 9_999_999, 20_000_003, 30_000_000, 41_000_000
    };
    private int next;

    @Override
    public long horizon(long now) {
      return next == MOMENTS.length ? Long.MAX_VALUE : Math.max(MOMENTS[next], now + 1);
    }

    @Override
    public Input next(long now) {
      if (next == MOMENTS.length || MOMENTS[next] > now) {
        return null;
      }
      next++;
      return next % 2 == 0
          ? new Input.Key(0x1E, next % 4 == 0)
          : new Input.SerialBytes(0, new byte[] {(byte) "help\r".charAt(next / 2)});
    }

    @Override
    public long idle(long now, long nextEvent) {
      return Math.min(nextEvent, horizon(now));
    }
  }

  /** The hash of every component at a moment. */
  private record State(long now, long retired, Map<String, Long> hashes) {
    static State of(Digests digests) {
      DigestPoint point = digests.all();
      Map<String, Long> hashes = new TreeMap<>();
      point.parts().forEach(part -> hashes.put(part.component(), part.hash()));
      return new State(point.now(), point.retired(), hashes);
    }
  }

  private static Machine machine(String commandLine, int tlbEntries) {
    return TinyGuest.setup(commandLine)
        .run(new Execution(Execution.fastest().engine(), tlbEntries))
        .build(new Typist(), Outputs.NONE);
  }

  /** All digests at a few moments, from a run without interruption. */
  private static List<State> reference(String commandLine) {
    Machine machine = machine(commandLine, 1024);
    Digests digests = new Digests(machine);
    List<State> points = new ArrayList<>();
    for (int i = 1; i <= POINTS; i++) {
      machine.run(i * STEP);
      points.add(State.of(digests));
    }
    return points;
  }

  private static void assertSame(String commandLine) {
    List<State> reference = reference(commandLine);
    for (int tlbEntries : new int[] {1, 16, 1024}) {
      Dice dice = new Dice(tlbEntries);
      Machine machine = machine(commandLine, tlbEntries);
      Digests digests = new Digests(machine);
      for (State wanted : reference) {
        while (machine.now() < wanted.now() && run(machine, wanted, dice) == Machine.Stop.UNTIL) {
          disturb(machine, digests, dice);
        }
        assertThat(State.of(digests)).as("translation cache of %d", tlbEntries).isEqualTo(wanted);
      }
    }
  }

  private static Machine.Stop run(Machine machine, State wanted, Dice dice) {
    long until = Math.min(wanted.now(), machine.now() + 1 + dice.below(1 << 8 + dice.below(12)));
    return machine.run(until - dice.below(1 << dice.below(8)), until);
  }

  /** Does what may not be noticed. */
  private static void disturb(Machine machine, Digests digests, Dice dice) {
    switch (dice.below(40)) {
      case 0 -> machine.processor().engine().forget();
      case 1 -> machine.processor().cpu().mmu.flush();
      case 2 -> digests.all();
      default -> {}
    }
  }

  @Test
  void theDemonstrationIsTheSameHoweverItIsRun() {
    // It switches the power off before the last of the moments.
    assertThat(machine("job=demo", 1).run(POINTS * STEP)).isEqualTo(Machine.Stop.OFF);
    assertSame("job=demo");
  }

  @Test
  void soIsTheShellThatIsTypedTo() {
    assertSame("");
  }

  @Test
  void twoRunsMakeOne() {
    List<State> reference = reference("");
    State wanted = reference.get(POINTS / 2);
    Dice dice = new Dice(3);
    for (int i = 0; i < 6; i++) {
      Machine machine = machine("", 1024);
      machine.run(1 + dice.below((int) wanted.now()));
      machine.run(wanted.now());
      assertThat(State.of(new Digests(machine))).isEqualTo(wanted);
    }
  }

  @Test
  void fewTicksAreExact() {
    Machine machine = machine("", 16);
    Machine other = machine("", 1024);
    for (long moment = 1; moment < 3000; moment++) {
      machine.run(moment);
      assertThat(machine.now()).isBetween(moment, moment + 2000);
      other.run(moment);
    }
    assertThat(State.of(new Digests(machine))).isEqualTo(State.of(new Digests(other)));
  }
}
