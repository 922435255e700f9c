package dejavm.device.disk;

import dejavm.bus.Derived;
import dejavm.bus.Stateful;
import java.util.Arrays;

/**
 * What every device on an ATA channel has: the registers of the command block, the sector buffer
 * behind the data register, and its interrupt.
 *
 * <p>Registers for addresses are two deep: a write pushes what was there before into the upper
 * byte, and commands with 48-bit addresses use both. Source: ATA/ATAPI-6 (T13/1410D), chapters 6, 7
 * and 9.
 */
final class AtaRegisters implements Stateful<AtaRegisters.State> {
  /**
   * All of it.
   *
   * @param interrupt whether an interrupt is pending
   * @param buffer the bytes of the buffer that count
   * @param limit how many of them may go through the data register by now
   * @param position how many have gone
   */
  record State(
      int features,
      int count,
      int low,
      int mid,
      int high,
      int device,
      int status,
      int error,
      boolean interrupt,
      byte[] buffer,
      int limit,
      int position) {}

  static final int BUSY = 0x80;
  static final int READY = 0x40;
  static final int SEEK_COMPLETE = 0x10;
  static final int DATA_REQUEST = 0x08;
  static final int ERROR = 0x01;

  /** Error: the command was refused. */
  static final int ABORTED = 0x04;

  /** Error: there is no such sector. */
  static final int NOT_FOUND = 0x10;

  /** Error: the sector cannot be read. */
  static final int UNCORRECTABLE = 0x40;

  /** Most sectors that go through the buffer at once. */
  static final int MOST_SECTORS = 64;

  @Derived("the length of the state's buffer, which has the bytes that count")
  private int filled;

  @Derived("the state has the first bytes, those that count")
  byte[] buffer = new byte[MOST_SECTORS * 512];

  int features;
  int count;
  int low;
  int mid;
  int high;
  int device;
  int status;
  int error;
  int limit;
  int position;
  private boolean interrupt;

  @Derived("wired once")
  private Runnable changed = () -> {};

  /** While wiring: who looks at the interrupt when it changes. */
  void attach(Runnable onChange) {
    changed = onChange;
  }

  boolean interrupting() {
    return interrupt;
  }

  void interrupt(boolean pending) {
    interrupt = pending;
    changed.run();
  }

  boolean has(int statusBit) {
    return (status & statusBit) != 0;
  }

  /** Reads a register of the command block, 1 to 6; {@code previous} for the byte pushed back. */
  int read(int register, boolean previous) {
    int value =
        switch (register) {
          case 1 -> error;
          case 2 -> count;
          case 3 -> low;
          case 4 -> mid;
          case 5 -> high;
          default -> device;
        };
    return previous && register >= 2 && register <= 5 ? value >> 8 : value & 0xFF;
  }

  /** Writes a register of the command block, 1 to 6; a device that is busy does not listen. */
  void write(int register, int value) {
    if (has(BUSY) || has(DATA_REQUEST)) {
      return;
    }
    switch (register) {
      case 1 -> features = value;
      case 2 -> count = push(count, value);
      case 3 -> low = push(low, value);
      case 4 -> mid = push(mid, value);
      case 5 -> high = push(high, value);
      default -> device = value;
    }
  }

  private static int push(int register, int value) {
    return register << 8 & 0xFF00 | value;
  }

  // ---- addresses ----

  boolean lba() {
    return (device & 0x40) != 0;
  }

  long lba28() {
    return (device & 0xFL) << 24 | (high & 0xFF) << 16 | (mid & 0xFF) << 8 | low & 0xFF;
  }

  void lba28(long sector) {
    device = device & 0xF0 | (int) (sector >> 24) & 0xF;
    high = (int) (sector >> 16) & 0xFF;
    mid = (int) (sector >> 8) & 0xFF;
    low = (int) sector & 0xFF;
  }

  long lba48() {
    long upper = (high & 0xFF00L) << 8 | mid & 0xFF00 | low >> 8;
    return upper << 24 | (high & 0xFF) << 16 | (mid & 0xFF) << 8 | low & 0xFF;
  }

  void lba48(long sector) {
    low = (int) (sector >> 24 & 0xFF) << 8 | (int) sector & 0xFF;
    mid = (int) (sector >> 32 & 0xFF) << 8 | (int) (sector >> 8) & 0xFF;
    high = (int) (sector >> 40 & 0xFF) << 8 | (int) (sector >> 16) & 0xFF;
  }

  // ---- the buffer ----

  /** So many bytes are to go through the data register, from the buffer's first on. */
  void expect(int bytes) {
    position = 0;
    limit = bytes;
    filled = bytes;
  }

  /** So many bytes are to come; a guest that reads before they did gets zeros. */
  void request(int bytes) {
    Arrays.fill(buffer, 0, bytes, (byte) 0);
    expect(bytes);
  }

  int left() {
    return limit - position;
  }

  // ---- what devices do ----

  /** A command was taken: busy, no error, no interrupt. */
  void begin() {
    status = BUSY | READY | SEEK_COMPLETE;
    error = 0;
    expect(0);
    interrupt(false);
  }

  void busy() {
    status = BUSY | READY | SEEK_COMPLETE;
  }

  void demand() {
    status = READY | SEEK_COMPLETE | DATA_REQUEST;
  }

  void done() {
    status = READY | SEEK_COMPLETE;
  }

  void fail(int errorBits) {
    error = errorBits;
    status = READY | SEEK_COMPLETE | ERROR;
  }

  /** What a device says of itself after a reset, a diagnosis or an IDENTIFY that it refuses. */
  void signature(boolean packet) {
    count = 1;
    low = 1;
    mid = packet ? 0x14 : 0;
    high = packet ? 0xEB : 0;
    device = 0;
  }

  void reset() {
    features = 0;
    error = 1; // device 0 passed its diagnosis
    status = READY | SEEK_COMPLETE;
    expect(0);
    interrupt(false);
  }

  @Override
  public State state() {
    return new State(
        features,
        count,
        low,
        mid,
        high,
        device,
        status,
        error,
        interrupt,
        Arrays.copyOf(buffer, filled),
        limit,
        position);
  }

  @Override
  public void restore(State state) {
    features = state.features;
    count = state.count;
    low = state.low;
    mid = state.mid;
    high = state.high;
    device = state.device;
    status = state.status;
    error = state.error;
    interrupt = state.interrupt;
    filled = state.buffer.length;
    buffer = Arrays.copyOf(state.buffer, buffer.length);
    limit = state.limit;
    position = state.position;
  }
}
