package dejavm.measure;

/** How DejaVM runs a guest. */
public enum GuestWay {
  /** Not recorded. */
  OFF("off"),
  /** Recorded at the machine boundary. */
  RECORD("record"),
  /** What {@link #RECORD} wrote. */
  REPLAY("replay"),
  RECORD_CPU("record-cpu"),
  REPLAY_CPU("replay-cpu");

  private final String title;

  GuestWay(String title) {
    this.title = title;
  }

  public String title() {
    return title;
  }

  /** The way that records what this one replays, or this one. */
  public GuestWay recorder() {
    return switch (this) {
      case REPLAY -> RECORD;
      case REPLAY_CPU -> RECORD_CPU;
      default -> this;
    };
  }
}
