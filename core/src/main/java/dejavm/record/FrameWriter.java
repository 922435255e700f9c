package dejavm.record;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.zip.CRC32C;

/**
 * Appends frames. Payloads are compressed by the executor, in any order; whoever finds the oldest
 * ready appends it, so that frames stand in the file in the order in which they were handed over.
 */
final class FrameWriter {
  /** More than this many waiting frames, and the caller does the work itself. */
  private static final int MOST_WAITING = 16;

  private record Job(
      FrameKind kind, long first, long last, int size, FutureTask<Codec.Packed> packing) {}

  private final LogSink sink;
  private final Executor executor;
  private final Codec codec;

  private final ConcurrentLinkedQueue<Job> jobs = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();
  private final ReentrantLock appending = new ReentrantLock();

  // guarded by appending
  private final List<Frame> frames = new ArrayList<>();
  private final byte[] head = new byte[FrameFormat.HEAD];
  private long position;
  private int previousCrc;

  private volatile RuntimeException failure;

  FrameWriter(LogSink sink, Executor executor, Codec codec) {
    this.sink = sink;
    this.executor = executor;
    this.codec = codec;
    byte[] preamble = FrameFormat.preamble();
    sink.append(preamble, 0, preamble.length);
    position = preamble.length;
    previousCrc = FrameFormat.crc(preamble, 0, 12);
  }

  /** Hands over a frame; the payload is not touched again by the caller. */
  void submit(FrameKind kind, long first, long last, byte[] payload) {
    rethrow();
    if (payload.length > FrameFormat.LARGEST) {
      throw new RecordingException(
          "a frame of " + payload.length + " bytes is too large: flush the recording more often");
    }
    Job job =
        new Job(kind, first, last, payload.length, new FutureTask<>(() -> codec.pack(payload)));
    jobs.add(job);
    if (waiting.incrementAndGet() > MOST_WAITING) {
      await(jobs.peek());
    }
    try {
      executor.execute(() -> work(job));
    } catch (RejectedExecutionException e) {
      work(job);
    }
    rethrow();
  }

  /** Waits until all is appended. */
  void drain() {
    jobs.forEach(this::await);
    appending.lock();
    try {
      rethrow();
      appendReady();
    } catch (RuntimeException e) {
      failure = e;
      throw e;
    } finally {
      appending.unlock();
    }
  }

  /** All frames appended so far; after {@link #drain}. */
  List<Frame> frames() {
    return frames;
  }

  /** Ends the file after the last frame. */
  void trailer(long indexPosition) {
    byte[] trailer = FrameFormat.trailer(indexPosition);
    sink.append(trailer, 0, trailer.length);
    sink.flush();
  }

  private void await(Job job) {
    if (job != null) {
      work(job);
      packed(job);
    }
  }

  private void work(Job job) {
    job.packing.run();
    Job oldest = jobs.peek();
    while (failure == null && oldest != null && oldest.packing.isDone() && appending.tryLock()) {
      try {
        appendReady();
      } catch (RuntimeException e) {
        failure = e;
      } finally {
        appending.unlock();
      }
      oldest = jobs.peek();
    }
  }

  private void appendReady() {
    boolean appended = false;
    for (Job job = jobs.peek(); job != null && job.packing.isDone(); job = jobs.peek()) {
      append(job, packed(job));
      jobs.remove();
      waiting.decrementAndGet();
      appended = true;
    }
    if (appended) {
      sink.flush();
    }
  }

  private void append(Job job, Codec.Packed packed) {
    byte[] stored = packed.bytes();
    BytesOut out = new BytesOut(FrameFormat.HEAD);
    out.u32(FrameFormat.MARK);
    out.u8(job.kind.code());
    out.u8(packed.codec().code());
    out.u8(0);
    out.u8(0);
    out.u32(frames.size());
    out.u32(previousCrc);
    out.u64(job.first);
    out.u64(job.last);
    out.u32(job.size);
    out.u32(stored.length);
    out.u32(FrameFormat.crc(out.array(), 0, out.size()));
    System.arraycopy(out.array(), 0, head, 0, FrameFormat.HEAD);
    CRC32C crc = new CRC32C();
    crc.update(head);
    crc.update(stored);
    int last = (int) crc.getValue();
    BytesOut tail = new BytesOut(FrameFormat.TAIL);
    tail.u32(last);
    sink.append(head, 0, head.length);
    sink.append(stored, 0, stored.length);
    sink.append(tail.array(), 0, FrameFormat.TAIL);
    int length = FrameFormat.HEAD + stored.length + FrameFormat.TAIL;
    frames.add(
        new Frame(frames.size(), job.kind.code(), position, length, job.first, job.last, last));
    position += length;
    previousCrc = last;
  }

  private static Codec.Packed packed(Job job) {
    try {
      return job.packing.get();
    } catch (InterruptedException e) {
      throw new RecordingException("interrupted while the recording was written", e);
    } catch (ExecutionException e) {
      throw new RecordingException("a frame could not be compressed: " + e.getCause(), e);
    }
  }

  private void rethrow() {
    if (failure != null) {
      throw failure;
    }
  }
}
