/**
 * Memory as the CPU sees it: RAM, the physical address map, the translation cache and the page
 * walker.
 *
 * <p>Uses {@code bus} only. The one invariant that all else stands on: <em>translation behaves as
 * if every access walked the page tables</em>. Pages that were used in a walk are tracked like
 * pages that hold decoded code; a write to one, by the CPU or by DMA, drops what was derived from
 * it. So the size of the translation cache, and when it is flushed, cannot be observed by the
 * guest.
 */
package dejavm.memory;
