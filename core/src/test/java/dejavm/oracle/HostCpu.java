package dejavm.oracle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.TimeUnit;

/**
 * The processor of the host: a child process that runs batches of cases natively. Two batches, so
 * that one can be made and compared while the other runs.
 */
final class HostCpu implements AutoCloseable {
  /** The program of the child, made from host-cpu.asm. */
  static final String PROGRAM = "host-cpu.elf";

  /** Where the child has the whole file. */
  private static final long SHARED = 0x2E6B7D3A5000L;

  /** A batch takes milliseconds. */
  private static final long SECONDS = 20;

  private final Path directory;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment shared;
  private final Process process;
  private final OutputStream orders;
  private final InputStream answers;
  private volatile long deadline = Long.MAX_VALUE;

  /**
   * @param directory an empty one, from which programs can be started
   */
  HostCpu(Path directory) throws IOException {
    this.directory = directory;
    Path program = directory.resolve(PROGRAM);
    Files.write(program, program());
    if (!program.toFile().setExecutable(true)) {
      throw new IOException(program + " cannot be made executable");
    }
    Path file = directory.resolve("cases");
    try (FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      channel.truncate(0);
      shared = channel.map(FileChannel.MapMode.READ_WRITE, 0, Layout.FILE_SIZE, arena);
    }
    for (int i = 0; i < Layout.PAGE; i++) {
      shared.set(ValueLayout.JAVA_BYTE, Layout.FILE_READ_ONLY + i, Layout.readOnlyByte(i));
    }
    process =
        new ProcessBuilder(program.toString(), file.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    orders = process.getOutputStream();
    answers = process.getInputStream();
    Thread.ofVirtual().start(this::watch);
  }

  static byte[] program() throws IOException {
    try (InputStream in = HostCpu.class.getResourceAsStream(PROGRAM)) {
      return in.readAllBytes();
    }
  }

  /** The state before a case. */
  Image before(int batch, int index) {
    return new Image(
        shared, Layout.FILE_BATCHES + ((long) batch * Layout.LIMIT + index) * Layout.CASE);
  }

  /** The state after a case. */
  Image after(int batch, int index) {
    return new Image(shared, before(batch, index).at() + Layout.RECORD);
  }

  /** Starts the first cases of a batch. */
  void start(int batch, int cases) throws IOException {
    shared.set(ValueLayout.JAVA_INT, 4L * batch, cases);
    orders.write(batch);
    orders.flush();
  }

  /**
   * Waits until the batch that was started has run.
   *
   * @throws IOException where the child died or hangs
   */
  void await() throws IOException {
    deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    int answer = answers.read();
    deadline = Long.MAX_VALUE;
    if (answer < 0) {
      throw new IOException("the child died or was killed: " + CaseText.of(last()));
    }
  }

  /** The case that the child runs or ran last. */
  private Image last() {
    return new Image(shared, shared.get(ValueLayout.JAVA_LONG, 16) - SHARED);
  }

  private void watch() {
    while (process.isAlive()) {
      if (System.nanoTime() > deadline) {
        process.destroyForcibly();
      }
      try {
        Thread.sleep(500);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly();
    arena.close();
    Files.deleteIfExists(directory.resolve(PROGRAM));
    Files.deleteIfExists(directory.resolve("cases"));
  }
}
