package dejavm.measure;

import java.nio.file.Path;
import java.util.List;

/** The ways of QEMU that are measured: each does more of what replaying a run needs. */
public enum QemuWay {
  PLAIN("qemu"),
  /** Counts instructions, and makes time of them. */
  ICOUNT("qemu-icount"),
  RECORD("qemu-record"),
  /** Replays what {@link #RECORD} wrote. */
  REPLAY("qemu-replay");

  private static final String COUNTING = "shift=1";

  private final String title;

  QemuWay(String title) {
    this.title = title;
  }

  public String title() {
    return title;
  }

  /** The way that records what this one replays, or this one. */
  public QemuWay recorder() {
    return this == REPLAY ? RECORD : this;
  }

  /**
   * What is added to the command line.
   *
   * @param log of recording and replaying
   */
  List<String> options(Path log) {
    return switch (this) {
      case PLAIN -> List.of();
      case ICOUNT -> List.of("-icount", COUNTING);
      case RECORD -> List.of("-icount", COUNTING + ",rr=record,rrfile=" + log);
      case REPLAY -> List.of("-icount", COUNTING + ",rr=replay,rrfile=" + log);
    };
  }
}
