package dejavm.cpu.translate;

/** What a translator did. */
public final class Statistics {
  /** Instructions executed by translated code, and one by one by the interpreter in between. */
  public long instructions;

  public long interpreted;

  /** Blocks made, and the instructions in them. */
  public long blocks;

  public long translated;

  /** Ways into translated code, and reasons for leaving. */
  public long entries;

  public long misses;
  public long edges;
  public long lookups;

  /** Ends of slices that were too short for a block. */
  public long tails;

  /** How often code memory was full and everything was dropped. */
  public int codeMemoryFull;

  Statistics() {}
}
