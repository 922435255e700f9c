package dejavm.record;

import dejavm.bus.Paged;
import java.util.BitSet;

/**
 * What of a component's pages goes into a snapshot.
 *
 * @param component its name
 * @param pages where the bytes are
 * @param changed the pages that changed since the snapshot before, or for the first since the
 *     initial pages
 */
public record ChangedPages(String component, Paged pages, BitSet changed) {}
