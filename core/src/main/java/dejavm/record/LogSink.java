package dejavm.record;

/**
 * Where a recording goes: bytes are only ever appended. May be called from the writer's executor,
 * one call at a time. A failure is thrown as a {@link RecordingException} that says which file and
 * why.
 */
public interface LogSink {
  /** Appends bytes. */
  void append(byte[] bytes, int offset, int length);

  /** Hands what was appended to the system, so that it outlives this process. */
  void flush();
}
