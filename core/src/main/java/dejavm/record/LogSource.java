package dejavm.record;

/** Where a recording comes from. A failure is thrown as a {@link RecordingException}. */
public interface LogSource {
  /** The number of bytes; constant while it is read. */
  long length();

  /** Reads bytes, all of which lie below {@link #length()}. */
  void read(long position, byte[] into, int offset, int length);
}
