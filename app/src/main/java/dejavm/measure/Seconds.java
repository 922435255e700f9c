package dejavm.measure;

/** Which seconds speeds are reckoned by. */
public enum Seconds {
  /** Those that a user waits for. */
  WALL,
  /** Those of all threads on a processor: steadier where others use the machine as well. */
  CPU
}
