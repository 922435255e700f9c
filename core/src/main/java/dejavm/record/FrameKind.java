package dejavm.record;

/** What a frame holds. The codes are part of the format. */
public enum FrameKind {
  /** Says what machine this is; the first frame. */
  HEADER(1),
  /** Pages of a component as they were before the first instruction. */
  PAGES(2),
  /** Inputs at the machine boundary. */
  EVENTS(3),
  /** Hashes of components. */
  DIGEST(4),
  /** States of all components; completes a snapshot. */
  SNAPSHOT(5),
  /** All frames before it. */
  INDEX(6),
  /** The recording ended here as intended. */
  END(7),
  /** Answers and effects at the cpu boundary. */
  CALLS(8),
  /** Bytes of a read-only memory that effects refer to. */
  ROM(9),
  /** Changed pages of the snapshot that the next SNAPSHOT frame completes. */
  SNAPSHOT_PAGES(10);

  private final int code;

  FrameKind(int code) {
    this.code = code;
  }

  public int code() {
    return code;
  }

  /** The kind with this code, or null. */
  static FrameKind of(int code) {
    return code >= 1 && code <= values().length ? values()[code - 1] : null;
  }
}
