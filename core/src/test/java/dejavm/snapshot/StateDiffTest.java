package dejavm.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class StateDiffTest {
  record Counter(int reload, byte mode, boolean gate) {}

  record State(Counter[] counters, long[] longs, List<Counter> list, String text) {}

  private static State state(int reload, String text, long... longs) {
    Counter counter = new Counter(reload, (byte) -1, true);
    return new State(
        new Counter[] {counter, new Counter(1, (byte) 2, false)}, longs, List.of(counter), text);
  }

  @Test
  void equalStatesHaveNoDifference() {
    assertThat(StateDiff.between("pit", state(1, "a", 1, 2), state(1, "a", 1, 2), 9)).isEmpty();
  }

  @Test
  void differencesAreNamedByTheirPath() {
    assertThat(StateDiff.between("pit", state(0x1234, "a", 1), state(0x1235, "b", 2), 9))
        .map(StateDiff.Difference::toString)
        .containsExactly(
            "pit.counters[0].reload: 0x1234 vs 0x1235",
            "pit.longs[0]: 0x1 vs 0x2",
            "pit.list[0].reload: 0x1234 vs 0x1235",
            "pit.text: \"a\" vs \"b\"");
  }

  @Test
  void otherLengthsAreNamedAndTheLimitHolds() {
    assertThat(StateDiff.between("x", state(1, "a", 1, 2, 3), state(1, "a", 1, 3), 9))
        .map(StateDiff.Difference::toString)
        .containsExactly("x.longs.length: 3 vs 2", "x.longs[1]: 0x2 vs 0x3");
    assertThat(StateDiff.between("x", state(1, "a", 1, 2), state(2, "b", 3, 4), 2)).hasSize(2);
  }
}
