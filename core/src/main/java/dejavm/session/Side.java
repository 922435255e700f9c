package dejavm.session;

import java.util.SequencedMap;

/**
 * One of two replays that are compared. Both are driven by the same sequence of calls; a side may
 * run in this process or in another.
 */
public interface Side {
  /**
   * Where a side stands.
   *
   * @param now ticks
   * @param retired instructions executed
   * @param ended whether its recording is at its end, or power is off
   * @param failure why it cannot go on, where its replay has noticed that it differs; else empty
   */
  record Place(long now, long retired, boolean ended, String failure) {}

  /** What it is, for a report. */
  String name();

  /** Begins at power-on, or begins again: comes before all else. */
  void restart();

  /** Goes on until so many instructions have been executed, as far as that is possible. */
  Place advance(long retired);

  /** The hash of each component, pages of memory included. */
  SequencedMap<String, Long> hashes();

  /** The state of a component, a line for each field: {@code name} to value, in a fixed order. */
  SequencedMap<String, String> fields(String component);

  /** The bytes of a page, where the component is made of pages. */
  byte[] page(String component, int number);

  /** The hashes of all pages, where the component is made of pages; else none. */
  long[] pages(String component);

  /** The instruction that comes next, disassembled, with its address. */
  String instruction();
}
