package dejavm.snapshot;

import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** A state as text: its fields by path, as {@link StateDiff} names them. */
public final class StateText {
  private final SequencedMap<String, String> fields = new LinkedHashMap<>();

  private StateText() {}

  /** The fields in the order of the state's components; numbers in hexadecimal. */
  public static SequencedMap<String, String> fields(Record state) {
    StateText text = new StateText();
    text.components("", state);
    return text.fields;
  }

  private void components(String path, Record state) {
    for (RecordComponent component : state.getClass().getRecordComponents()) {
      String name = path.isEmpty() ? component.getName() : path + "." + component.getName();
      add(name, StateDiff.value(component, state));
    }
  }

  private void add(String path, Object value) {
    switch (value) {
      case Record inner -> components(path, inner);
      case List<?> list -> elements(path, list.toArray());
      case null -> fields.put(path, StateDiff.text(null));
      default -> {
        if (value.getClass().isArray()) {
          elements(path, value);
        } else {
          fields.put(path, StateDiff.text(value));
        }
      }
    }
  }

  private void elements(String path, Object array) {
    for (int i = 0; i < Array.getLength(array); i++) {
      add(path + "[" + i + "]", Array.get(array, i));
    }
  }
}
