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
  /**
   * One component's hash.
   *
   * @param pages for a component of pages, those written since its hash before, ascending; so that
   *     a difference can be named to the page
   */
  public record Part(String component, long hash, List<PageHash> pages) {
    public Part {
      pages = List.copyOf(pages);
    }

    /** A component without pages. */
    public Part(String component, long hash) {
      this(component, hash, List.of());
    }
  }

  /**
   * A page's hash.
   *
   * @param page its number
   * @param hash the low 16 bits of it: enough to tell which page differs, where the hash over all
   *     tells that one does
   */
  public record PageHash(int page, int hash) {}

  public DigestPoint {
    parts = List.copyOf(parts);
  }
}
