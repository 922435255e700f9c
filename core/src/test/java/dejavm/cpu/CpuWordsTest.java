package dejavm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.Records;
import dejavm.TestMachine;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a recording hashes of a processor tells states apart as well as the states themselves. */
class CpuWordsTest {
  private final Cpu cpu = new TestMachine(64).cpu;

  private long[] words() {
    long[] words = new long[CpuState.WORDS];
    return Arrays.copyOf(words, CpuState.words(cpu, words));
  }

  @Test
  void everyPartOfTheStateIsInThem() {
    CpuState before = cpu.state();
    long[] same = words();
    List<Object> changes = changes(before);
    assertThat(changes).hasSizeGreaterThan(170);
    List<String> missed = new ArrayList<>();
    for (Object each : changes) {
      CpuState changed = (CpuState) each;
      cpu.restore(changed);
      if (Arrays.equals(words(), same)) {
        missed.add(difference(before, changed));
      }
      cpu.restore(before);
      assertThat(words()).containsExactly(same);
    }
    assertThat(missed).isEmpty();
  }

  /** The values that differ from one in a single place. */
  private static List<Object> changes(Object value) {
    List<Object> changes = new ArrayList<>();
    if (value instanceof Record record) {
      for (int i = 0; i < record.getClass().getRecordComponents().length; i++) {
        for (Object changed : changes(Records.get(record, i))) {
          changes.add(Records.with(record, i, changed));
        }
      }
    } else if (value.getClass().isArray()) {
      for (int i = 0; i < Array.getLength(value); i++) {
        Object changed = changes(Array.get(value, i)).getFirst();
        Object copy = Array.newInstance(value.getClass().componentType(), Array.getLength(value));
        System.arraycopy(value, 0, copy, 0, Array.getLength(value));
        Array.set(copy, i, changed);
        changes.add(copy);
      }
    } else {
      changes.add(
          switch (value) {
            case Boolean truth -> !truth;
            case Integer number -> number ^ 1;
            case Long number -> number ^ 1;
            case Cpu.Activity activity ->
                activity == Cpu.Activity.HALTED ? Cpu.Activity.SHUTDOWN : Cpu.Activity.HALTED;
            default -> throw new IllegalStateException("what is a " + value.getClass() + "?");
          });
    }
    return changes;
  }

  private static String difference(Record a, Record b) {
    RecordComponent[] components = a.getClass().getRecordComponents();
    for (int i = 0; i < components.length; i++) {
      if (!Arrays.deepEquals(new Object[] {Records.get(a, i)}, new Object[] {Records.get(b, i)})) {
        return components[i].getName();
      }
    }
    return "nothing";
  }
}
