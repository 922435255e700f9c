package dejavm.record;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * The state of all components at a moment, pages apart. All inputs up to and at {@code now} are in
 * it.
 *
 * @param now guest time
 * @param retired instructions executed since power-on
 * @param states each component's encoded state
 */
public record Snapshot(long now, long retired, SequencedMap<String, byte[]> states) {
  public Snapshot {
    states = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(states));
  }
}
