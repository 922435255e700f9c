/**
 * The recording: its file format, writer and reader, and the decorators that put a recorder or a
 * replayer on either boundary.
 *
 * <p>Uses {@code dejavm.bus} only. Invariants: a writer only appends; what it wrote depends on what
 * it was given and on when it was flushed, never on the executor that compresses; a reader either
 * gives what was written or names the byte at which the file is damaged. The file itself is behind
 * {@link dejavm.record.LogSink} and {@link dejavm.record.LogSource}. The format is specified in
 * docs/recording-format.md.
 */
package dejavm.record;
