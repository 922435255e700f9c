package dejavm.oracle.qemu;

import dejavm.cpu.Flags;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;

/**
 * The processor of a QEMU (TCG) that stands still between single steps. It starts with a ROM that
 * jumps to 0:7C00; what it executes there is written into its RAM.
 *
 * <p>It is driven through the gdb remote protocol on QEMU's standard input and output: packets
 * {@code $text#checksum}, each acknowledged by a plus sign. Source: gdb manual, appendix E; QEMU's
 * manual, "GDB usage", for {@code Qqemu.PhyMemMode}. A step ends behind an instruction, or at the
 * first instruction of an exception's handler.
 */
final class QemuCpu implements AutoCloseable {
  private static final String PROGRAM = "qemu-system-x86_64";
  private static final int ROM_SIZE = 0x10000;

  /** General registers as gdb orders them, by their encoding. */
  private static final int[] GENERAL = {0, 3, 1, 2, 6, 7, 5, 4, 8, 9, 10, 11, 12, 13, 14, 15};

  /** Segment registers as gdb orders them: CS, SS, DS, ES, FS, GS. */
  private static final int[] SEGMENTS = {1, 2, 3, 0, 4, 5};

  private static final int SYSTEM_REGISTERS = 9;

  private final Process process;
  private final InputStream in;
  private final OutputStream out;

  /**
   * Starts it.
   *
   * @param directory where the ROM's file goes
   * @param cpu what {@code -cpu} is to say
   */
  QemuCpu(Path directory, String cpu) throws IOException {
    byte[] rom = new byte[ROM_SIZE];
    byte[] jump = {(byte) 0xEA, 0, 0x7C, 0, 0};
    System.arraycopy(jump, 0, rom, 0xFFF0, jump.length);
    Path file = directory.resolve("jump.rom");
    Files.write(file, rom);
    String arguments =
        "-accel tcg -M isapc -m 16 -display none -monitor none -serial none -parallel none"
            + " -vga none -net none -S -gdb stdio -cpu "
            + cpu
            + " -bios ";
    List<String> command = new java.util.ArrayList<>(List.of(PROGRAM));
    command.addAll(List.of(arguments.trim().split(" +")));
    command.add(file.toString());
    process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    in = new BufferedInputStream(process.getInputStream());
    out = process.getOutputStream();
    expect("Qqemu.PhyMemMode:1", "OK");
  }

  /** Whether there is a QEMU to start. */
  static boolean isInstalled() {
    try {
      return new ProcessBuilder(PROGRAM, "--version")
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Back to the reset vector; RAM stays. */
  void reset() throws IOException {
    expect("qRcmd," + HexFormat.of().formatHex("system_reset".getBytes(StandardCharsets.US_ASCII)));
  }

  private void expect(String request, String... answers) throws IOException {
    String answer = ask(request);
    if (answers.length > 0 && !answer.equals(answers[0]) || answer.startsWith("E")) {
      throw new IOException(request + " was answered with " + answer);
    }
  }

  void step() throws IOException {
    String answer = ask("s");
    if (!answer.startsWith("T05")) {
      throw new IOException("a step was answered with " + answer);
    }
  }

  CpuImage registers() throws IOException {
    byte[] bytes = HexFormat.of().parseHex(ask("g"));
    long[] general = new long[16];
    for (int i = 0; i < 16; i++) {
      general[GENERAL[i]] = value(bytes, 8 * i, 8);
    }
    int[] selectors = new int[6];
    for (int i = 0; i < 6; i++) {
      selectors[SEGMENTS[i]] = (int) value(bytes, 140 + 4 * i, 4);
    }
    long[] system = new long[SYSTEM_REGISTERS];
    for (int i = 0; i < SYSTEM_REGISTERS; i++) {
      system[i] = value(bytes, 164 + 8 * i, 8);
    }
    int flags = (int) value(bytes, 136, 4) & ~Flags.RF;
    return new CpuImage(general, value(bytes, 128, 8), flags, selectors, system);
  }

  private static long value(byte[] bytes, int at, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (bytes[at + i] & 0xFFL) << 8 * i;
    }
    return value;
  }

  /** Physical memory. */
  void write(int address, byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; at += 1024) {
      int length = Math.min(1024, bytes.length - at);
      String hex = HexFormat.of().formatHex(bytes, at, at + length);
      expect("M%x,%x:%s".formatted(address + at, length, hex), "OK");
    }
  }

  byte[] read(int address, int length) throws IOException {
    byte[] bytes = new byte[length];
    for (int at = 0; at < length; at += 1024) {
      int part = Math.min(1024, length - at);
      String hex = ask("m%x,%x".formatted(address + at, part));
      System.arraycopy(HexFormat.of().parseHex(hex), 0, bytes, at, part);
    }
    return bytes;
  }

  private String ask(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    int sum = 0;
    for (byte b : bytes) {
      sum += b;
    }
    out.write(("$" + text + "#%02x".formatted(sum & 0xFF)).getBytes(StandardCharsets.US_ASCII));
    out.flush();
    while (next() != '$') {
      // The acknowledgement.
    }
    StringBuilder answer = new StringBuilder();
    for (int c = next(); c != '#'; c = next()) {
      answer.append((char) c);
    }
    next();
    next();
    out.write('+');
    out.flush();
    return answer.toString();
  }

  private int next() throws IOException {
    int c = in.read();
    if (c < 0) {
      throw new EOFException("QEMU ended");
    }
    return c;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
