package dejavm.bench;

import dejavm.bus.Input;
import dejavm.record.Boundary;
import dejavm.record.LogSink;
import dejavm.record.RecordingHeader;
import dejavm.record.RecordingWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * Inputs into a recording: encoding them, compressing the frames, computing checksums, all on one
 * thread. Encoding cannot be had alone: where nobody takes the frames, the writer soon compresses
 * them itself. Nothing is written anywhere.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class EventLogBench {
  private static final int INPUTS = 1000;
  private static final int FRAME = 1500;
  private static final int DISTANCE = 10_007;

  private static final LogSink NOWHERE =
      new LogSink() {
        @Override
        public void append(byte[] bytes, int offset, int length) {}

        @Override
        public void flush() {}
      };

  private RecordingWriter writer;
  private Input.NetFrame frame;
  private long now;

  /** An empty recording, and a frame of bytes that are neither all alike nor random. */
  @Setup
  public void begin() {
    RecordingHeader header =
        new RecordingHeader(1, Boundary.MACHINE, new LinkedHashMap<>(), List.of(), "");
    writer = new RecordingWriter(NOWHERE, header, Runnable::run);
    byte[] bytes = new byte[FRAME];
    for (int i = 0; i < FRAME; i++) {
      bytes[i] = (byte) (i * i >> 5);
    }
    frame = new Input.NetFrame(0, bytes);
  }

  /** By the key; the frames are closed as they are every second. */
  @Benchmark
  @OperationsPerInvocation(INPUTS)
  public void keys() {
    for (int i = 0; i < INPUTS; i++) {
      now += DISTANCE;
      writer.input(now, new Input.Key(i & 0x7F, (i & 1) == 0));
    }
    writer.flush(now);
  }

  /** By the network frame. */
  @Benchmark
  @OperationsPerInvocation(INPUTS)
  public void netFrames() {
    for (int i = 0; i < INPUTS; i++) {
      now += DISTANCE;
      writer.input(now, frame);
    }
    writer.flush(now);
  }
}
