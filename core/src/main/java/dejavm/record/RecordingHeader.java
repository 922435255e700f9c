package dejavm.record;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.SequencedMap;

/**
 * What a recording says of itself before anything happens.
 *
 * @param semantics version of the machine's semantics: what any guest could observe
 * @param boundary where it was recorded
 * @param configuration the machine, as pairs in the order given: memory, clock, costs, CPU model…
 * @param images what it was made with
 * @param note free text
 */
public record RecordingHeader(
    int semantics,
    Boundary boundary,
    SequencedMap<String, String> configuration,
    List<Image> images,
    String note) {
  public RecordingHeader {
    Objects.requireNonNull(boundary);
    Objects.requireNonNull(note);
    configuration = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(configuration));
    images = List.copyOf(images);
  }
}
