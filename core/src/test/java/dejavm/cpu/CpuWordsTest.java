package dejavm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.TestMachine;
import java.lang.reflect.Array;
import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a recording hashes of a processor tells states apart as well as the states themselves. */
class CpuWordsTest {
  private final Cpu cpu = new TestMachine(64).cpu;
  private final List<String> missed = new ArrayList<>();
  private int changes;

  private long[] words() {
    long[] words = new long[CpuState.WORDS];
    return Arrays.copyOf(words, CpuState.words(cpu, words));
  }

  @Test
  void everyPartOfTheStateIsInThem() throws ReflectiveOperationException {
    CpuState before = cpu.state();
    long[] same = words();
    for (Object changed : changes(before)) {
      cpu.restore((CpuState) changed);
      if (Arrays.equals(words(), same)) {
        missed.add(difference(before, changed));
      }
      changes++;
      cpu.restore(before);
      assertThat(words()).containsExactly(same);
    }
    assertThat(missed).isEmpty();
    assertThat(changes).isGreaterThan(170);
  }

  /** The values that differ from one in a single place. */
  private static List<Object> changes(Object value) throws ReflectiveOperationException {
    List<Object> changes = new ArrayList<>();
    if (value instanceof Record) {
      RecordComponent[] components = value.getClass().getRecordComponents();
      for (int i = 0; i < components.length; i++) {
        components[i].getAccessor().setAccessible(true);
        for (Object changed : changes(components[i].getAccessor().invoke(value))) {
          changes.add(with((Record) value, i, changed));
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

  private static Object with(Record record, int component, Object value)
      throws ReflectiveOperationException {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      components[i].getAccessor().setAccessible(true);
      values[i] = i == component ? value : components[i].getAccessor().invoke(record);
    }
    Constructor<?> constructor = record.getClass().getDeclaredConstructor(types);
    constructor.setAccessible(true);
    return constructor.newInstance(values);
  }

  private static String difference(Object a, Object b) throws ReflectiveOperationException {
    for (RecordComponent component : a.getClass().getRecordComponents()) {
      Object of = component.getAccessor().invoke(a);
      if (!Arrays.deepEquals(new Object[] {of}, new Object[] {component.getAccessor().invoke(b)})) {
        return component.getName();
      }
    }
    return "nothing";
  }
}
