package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Backing;
import dejavm.bus.Input;
import dejavm.bus.Inputs;
import dejavm.bus.Nucleus;
import dejavm.bus.Platform;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import dejavm.record.EventCursor;
import dejavm.session.RandomReplay.Tampering;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * What is left out of a recording is missed: effects by kind, answers by kind, and every single
 * input. Nothing of this is a matter of luck; where the run came to be the same without, it would
 * have been left out of the run itself.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RandomMutantsTest {
  private static final int CASES = 12;
  private static final long TICKS = 30_000;

  private record Recording(RandomCase subject, RandomCase.Recorded recorded) {}

  private final List<Recording> recordings = new ArrayList<>();

  @BeforeAll
  void record() {
    for (long seed = 100; seed < 100 + CASES; seed++) {
      RandomCase subject = new RandomCase(seed);
      recordings.add(new Recording(subject, subject.record(TICKS)));
    }
  }

  /** A call that is left out, or answered with nothing. */
  private record Call(String name, Object[] arguments) {
    Object argument(int index) {
      return arguments[index];
    }
  }

  private record Mutant(String name, Predicate<Call> leftOut) {}

  private static Mutant signal(Signal signal) {
    return new Mutant("signal " + signal, c -> c.name.equals("signal") && c.argument(1) == signal);
  }

  private static Mutant map(Class<? extends Backing> backing) {
    return new Mutant(
        "map " + backing.getSimpleName(),
        c -> c.name.equals("map") && backing.isInstance(c.argument(3)));
  }

  private static Mutant read(Space space) {
    return new Mutant("read " + space, c -> c.name.equals("read") && c.argument(2) == space);
  }

  private static final List<Mutant> EFFECTS =
      List.of(
          new Mutant("writeRam", c -> c.name.equals("writeRam")),
          signal(Signal.INTR),
          signal(Signal.NMI),
          signal(Signal.SMI),
          signal(Signal.A20),
          signal(Signal.RESET),
          signal(Signal.IGNNE),
          map(Backing.Ram.class),
          map(Backing.ReadOnlyRam.class),
          map(Backing.Rom.class),
          map(Backing.Outside.class),
          map(Backing.Video.class),
          new Mutant(
              "map in smm", c -> c.name.equals("map") && c.argument(4) == Visibility.SMM_ONLY));

  private static final List<Mutant> ANSWERS =
      List.of(
          read(Space.PORT),
          read(Space.MEMORY),
          read(Space.MSR),
          new Mutant("acknowledge", c -> c.name.equals("acknowledgeInterrupt")));

  /** Counts what it left out. */
  private static final class Missing extends Tampering {
    private final Mutant mutant;
    private final boolean answers;
    private int count;

    Missing(Mutant mutant, boolean answers) {
      this.mutant = mutant;
      this.answers = answers;
    }

    @Override
    Nucleus nucleus(Nucleus nucleus) {
      return answers ? nucleus : filtered(Nucleus.class, nucleus);
    }

    @Override
    Platform platform(Platform platform) {
      return answers ? filtered(Platform.class, platform) : platform;
    }

    private <T> T filtered(Class<T> type, T real) {
      return type.cast(
          Proxy.newProxyInstance(
              type.getClassLoader(),
              new Class<?>[] {type},
              (proxy, method, arguments) -> {
                try {
                  Object answer = method.invoke(real, leftOut(method.getName(), arguments));
                  return hidden(method.getName(), arguments, answer);
                } catch (java.lang.reflect.InvocationTargetException e) {
                  throw e.getCause();
                }
              }));
    }

    private boolean hit(String name, Object[] arguments) {
      return arguments != null && mutant.leftOut.test(new Call(name, arguments));
    }

    /** An effect that is left out becomes one of no bytes, or one that is in force already. */
    private Object[] leftOut(String name, Object[] arguments) {
      if (answers || !hit(name, arguments)) {
        return arguments;
      }
      count++;
      return switch (name) {
        case "writeRam" -> new Object[] {arguments[0], arguments[1], arguments[2], 0};
        case "signal" -> new Object[] {0, Signal.IGNNE, 0};
        default -> new Object[] {Space.PORT, 0xFFFFL, 1L, new Backing.Outside(), Visibility.ALWAYS};
      };
    }

    private Object hidden(String name, Object[] arguments, Object answer) {
      if (!answers || !hit(name, arguments)) {
        return answer;
      }
      Object other = answer instanceof Long ? (Object) 0L : (Object) 0;
      count += other.equals(answer) ? 0 : 1;
      return other;
    }
  }

  @Test
  void everyKindOfEffectThatIsLeftOutIsMissed() {
    for (Mutant mutant : EFFECTS) {
      assertMissed(mutant, false);
    }
  }

  @Test
  void everyKindOfAnswerThatIsLeftOutIsMissed() {
    for (Mutant mutant : ANSWERS) {
      assertMissed(mutant, true);
    }
  }

  /** Missed in most runs: now and then it was without consequence. */
  private void assertMissed(Mutant mutant, boolean answers) {
    int tried = 0;
    int missed = 0;
    for (Recording recording : recordings) {
      Missing missing = new Missing(mutant, answers);
      String difference =
          new RandomReplay(recording.subject, recording.recorded.cpu(), 1, 0, missing).run();
      tried += missing.count > 0 ? 1 : 0;
      missed += difference.isEmpty() ? 0 : 1;
    }
    assertThat(missed).as("%s, of %d", mutant.name, tried).isPositive().isBetween(tried / 2, tried);
  }

  /** Leaves out one input. */
  private static final class WithoutOne extends Tampering {
    private final int which;

    WithoutOne(int which) {
      this.which = which;
    }

    @Override
    Inputs inputs(Inputs inputs) {
      int[] count = new int[1];
      return new Inputs() {
        @Override
        public long horizon(long now) {
          return inputs.horizon(now);
        }

        @Override
        public Input next(long now) {
          Input input = inputs.next(now);
          return input != null && count[0]++ == which ? inputs.next(now) : input;
        }

        @Override
        public long idle(long now, long nextEvent) {
          return inputs.idle(now, nextEvent);
        }
      };
    }
  }

  @Test
  void everySingleInputThatIsLeftOutIsMissed() {
    int total = 0;
    for (Recording recording : recordings.subList(0, 4)) {
      int inputs = 0;
      EventCursor cursor = recording.recorded.machine().events();
      while (cursor.next() != null) {
        inputs++;
      }
      for (int i = 0; i < inputs; i++) {
        String difference =
            new RandomReplay(
                    recording.subject, recording.recorded.machine(), i, 0, new WithoutOne(i))
                .run();
        assertThat(difference).as("input %d", i).isNotEmpty();
        total++;
      }
    }
    assertThat(total).isGreaterThan(50);
  }
}
