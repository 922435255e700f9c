package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Determinism as a property: random programs on a random board, recorded at both boundaries at
 * once; both replays, the one at the cpu boundary without the board, are the same run. The number
 * of seeds and the first one can be set: {@code -Ddejavm.random.cases=5000
 * -Ddejavm.random.first=1000}.
 */
class RandomBoardTest {
  private static final int CASES = Integer.getInteger("dejavm.random.cases", 200);
  private static final long FIRST = Long.getLong("dejavm.random.first", 0);
  private static final long TICKS = 40_000;

  @Test
  void bothRecordingsReplayTheSameRun() {
    List<String> failures = new ArrayList<>();
    for (long seed = FIRST; seed < FIRST + CASES && failures.size() < 10; seed++) {
      String failure = attempt(seed);
      if (!failure.isEmpty()) {
        failures.add("seed " + seed + ": " + failure);
      }
    }
    assertThat(failures).isEmpty();
  }

  private static String attempt(long seed) {
    try {
      RandomCase subject = new RandomCase(seed);
      RandomCase.Recorded recorded = subject.record(TICKS);
      String machine =
          new RandomReplay(subject, recorded.machine(), seed, 1, RandomReplay.none()).run();
      String cpu = new RandomReplay(subject, recorded.cpu(), ~seed, 1, RandomReplay.none()).run();
      return (machine.isEmpty() ? "" : "machine boundary: " + machine + " ")
          + (cpu.isEmpty() ? "" : "cpu boundary: " + cpu);
    } catch (RuntimeException e) {
      e.printStackTrace();
      return e.toString();
    }
  }
}
