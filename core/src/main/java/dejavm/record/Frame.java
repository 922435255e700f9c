package dejavm.record;

/**
 * A frame in a file.
 *
 * @param sequence its number, from 0
 * @param code its kind's code
 * @param position its first byte
 * @param length bytes from its first to its last, head and checksums included
 * @param firstNow the moment from which it counts
 * @param lastNow the last moment that it covers
 * @param crc its last checksum
 */
public record Frame(
    int sequence, int code, long position, int length, long firstNow, long lastNow, int crc) {
  /** Its kind, or null where this program does not know it. */
  public FrameKind kind() {
    return FrameKind.of(code);
  }
}
