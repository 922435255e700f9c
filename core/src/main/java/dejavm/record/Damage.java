package dejavm.record;

/**
 * Where and why the valid part of a recording ends.
 *
 * @param position the first byte of the file that could not be used
 * @param reason one line
 */
public record Damage(long position, String reason) {
  @Override
  public String toString() {
    return "at byte " + position + ": " + reason;
  }
}
