package dejavm.record;

import java.util.List;

/**
 * Hashes of components at a moment. All inputs up to and at {@code now} are in what was hashed.
 *
 * @param now guest time
 * @param retired instructions executed since power-on
 * @param parts the components hashed, in their order
 */
public record DigestPoint(long now, long retired, List<Part> parts) {
  /** One component's hash. */
  public record Part(String component, long hash) {}

  public DigestPoint {
    parts = List.copyOf(parts);
  }
}
