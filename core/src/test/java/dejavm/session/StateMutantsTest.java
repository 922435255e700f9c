package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.Records;
import dejavm.record.RecordingException;
import dejavm.session.RandomReplay.Tampering;
import dejavm.snapshot.StateCodec;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * A field that a snapshot forgets shows in the rest of the machine. Of the component whose field
 * was forgotten nothing is compared, since what is forgotten would be missing in its digests too.
 */
class StateMutantsTest {
  private static final int CASES = 24;
  private static final long TICKS = 20_000;

  /** What decides, sooner or later, about the program's or the board's next step. */
  private static final List<String> FIELDS =
      List.of(
          "cpu.r",
          "cpu.rip",
          "cpu.rflags",
          "cpu.selector",
          "cpu.base",
          "cpu.limit",
          "cpu.access",
          "cpu.cpl",
          "cpu.gdtBase",
          "cpu.gdtLimit",
          "cpu.idtBase",
          "cpu.cr0",
          "cpu.cr3",
          "cpu.cr4",
          "cpu.pdpte",
          "cpu.smbase",
          "cpu.smm",
          "cpu.activity",
          "cpu.intr",
          "cpu.a20",
          "cpu.now",
          "cpu.retired",
          "cpu.x87",
          "map.mappings",
          "board.dice",
          "board.powered",
          "board.a20",
          "time.timers",
          "position.offset",
          "position.frame");

  /** Puts the value of a new machine in the place of one field. */
  private static final class Forgetting extends Tampering {
    private final String component;
    private final String field;
    private boolean changed;

    Forgetting(String name) {
      component = name.substring(0, name.indexOf('.'));
      field = name.substring(name.indexOf('.') + 1);
    }

    @Override
    Record state(String name, Record saved, Record fresh) {
      if (!name.equals(component)) {
        return saved;
      }
      Record state = replaced(saved, fresh, field);
      StateCodec codec = new StateCodec();
      changed |= !Arrays.equals(codec.encode(state), codec.encode(saved));
      return state;
    }

    @Override
    boolean compared(String name) {
      return !name.equals(component);
    }
  }

  private static Record replaced(Record saved, Record fresh, String field) {
    RecordComponent[] components = saved.getClass().getRecordComponents();
    List<String> names = Arrays.stream(components).map(RecordComponent::getName).toList();
    assertThat(names).contains(field);
    int place = names.indexOf(field);
    return Records.with(saved, place, Records.get(fresh, place));
  }

  @Test
  void aFieldThatASnapshotForgetsIsMissed() {
    List<String> left = new ArrayList<>(FIELDS);
    for (long seed = 500; seed < 500 + CASES && !left.isEmpty(); seed++) {
      RandomCase subject = new RandomCase(seed);
      RandomCase.Recorded recorded = subject.record(TICKS);
      for (String field : List.copyOf(left)) {
        Forgetting forgetting = new Forgetting(field);
        String difference = replay(subject, recorded, seed, forgetting);
        if (!difference.isEmpty()) {
          assertThat(forgetting.changed).as("%s: %s", field, difference).isTrue();
          left.remove(field);
        }
      }
    }
    assertThat(left).isEmpty();
  }

  private static String replay(
      RandomCase subject, RandomCase.Recorded recorded, long seed, Forgetting forgetting) {
    try {
      return new RandomReplay(subject, recorded.machine(), seed, 3, forgetting).run();
    } catch (IllegalArgumentException | IllegalStateException | RecordingException e) {
      // Time that ran backwards, a place where no input begins: noticed as well.
      return e.toString();
    }
  }
}
