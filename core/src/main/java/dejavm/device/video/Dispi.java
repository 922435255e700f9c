package dejavm.device.video;

import dejavm.bus.Stateful;

/**
 * The display interface of Bochs: eleven registers of 16 bits that set a frame buffer of any size
 * and depth, in place of a VGA's modes.
 *
 * <p>Enabling it clears the memory unless asked not to. Size and depth can be written only while it
 * is disabled; while the bit for capabilities is set they read as the highest possible. The window
 * at 0xA0000 shows 64 KiB of the frame buffer from the bank on.
 *
 * <p>Source: Bochs documentation, VBE DISPI interface, version 5; QEMU documentation,
 * docs/specs/standard-vga.
 */
final class Dispi implements Stateful<Dispi.State> {
  /**
   * The registers.
   *
   * @param values by their number; those that are computed are not kept
   */
  public record State(int index, short[] values) {}

  static final int REGISTERS = 11;

  private static final int ID = 0;
  private static final int WIDTH = 1;
  private static final int HEIGHT = 2;
  private static final int DEPTH = 3;
  private static final int ENABLE = 4;
  private static final int BANK = 5;
  private static final int VIRTUAL_WIDTH = 6;
  private static final int VIRTUAL_HEIGHT = 7;
  private static final int X_OFFSET = 8;
  private static final int Y_OFFSET = 9;
  private static final int MEMORY = 10;

  private static final int OLDEST = 0xB0C0;
  private static final int NEWEST = 0xB0C5;

  private static final int ENABLED = 0x01;
  private static final int CAPABILITIES = 0x02;
  private static final int EIGHT_BITS = 0x20;
  private static final int KEEP_MEMORY = 0x80;

  private static final int MOST_WIDE = 2560;
  private static final int MOST_HIGH = 2560;
  private static final int DEEPEST = 32;
  private static final int BANK_SIZE = 64 << 10;

  private final VideoRam ram;
  private final short[] values = new short[REGISTERS];
  private int index;

  Dispi(VideoRam ram) {
    this.ram = ram;
    reset();
  }

  void reset() {
    for (int i = 0; i < values.length; i++) {
      values[i] = 0;
    }
    values[ID] = (short) NEWEST;
    index = 0;
  }

  /** Whether the frame buffer is shown, and not what the VGA's registers say. */
  boolean enabled() {
    return (values[ENABLE] & ENABLED) != 0;
  }

  /** Whether points of more than four bits lie in memory one behind the other. */
  boolean linear() {
    return enabled() && depth() > 4;
  }

  /** Whether colours of the palette have eight bits a component. */
  boolean eightBits() {
    return (values[ENABLE] & EIGHT_BITS) != 0;
  }

  /** The same of registers that were saved. */
  static boolean eightBits(State state) {
    return (state.values[ENABLE] & EIGHT_BITS) != 0;
  }

  /** Where in memory the window at 0xA0000 begins. */
  int bankStart() {
    return value(BANK) * BANK_SIZE % VideoRam.SIZE;
  }

  int width() {
    return Math.max(value(WIDTH), 1);
  }

  int height() {
    return Math.max(value(HEIGHT), 1);
  }

  /** Bits of a point: 4, 8, 15, 16, 24 or 32. */
  int depth() {
    return value(DEPTH);
  }

  /** Points from a line to the next. */
  int virtualWidth() {
    return value(VIRTUAL_WIDTH);
  }

  /** Bytes from a line to the next; of one plane where there are four. */
  int pitch() {
    return bytes(virtualWidth());
  }

  /** The byte, of one plane where there are four, at which the picture begins. */
  int start() {
    return value(Y_OFFSET) * pitch() + bytes(value(X_OFFSET));
  }

  private int bytes(int points) {
    return depth() == 4 ? points / 8 : points * ((depth() + 7) / 8);
  }

  private int value(int register) {
    return values[register] & 0xFFFF;
  }

  int index() {
    return index;
  }

  void select(int register) {
    index = register & 0xFFFF;
  }

  int read(int register) {
    boolean capabilities = (values[ENABLE] & CAPABILITIES) != 0;
    return switch (register) {
      case WIDTH -> capabilities ? MOST_WIDE : value(WIDTH);
      case HEIGHT -> capabilities ? MOST_HIGH : value(HEIGHT);
      case DEPTH -> capabilities ? DEEPEST : value(DEPTH);
      case VIRTUAL_HEIGHT -> virtualHeight();
      case MEMORY -> VideoRam.SIZE / BANK_SIZE;
      default -> register >= 0 && register < REGISTERS ? value(register) : 0xFFFF;
    };
  }

  /** How many lines of the virtual width there is memory for. */
  private int virtualHeight() {
    int planes = depth() == 4 ? 4 : 1;
    return pitch() == 0 ? 0 : Math.min(VideoRam.SIZE / planes / pitch(), 0xFFFF);
  }

  void write(int register, int written) {
    int value = written & 0xFFFF;
    switch (register) {
      case ID -> {
        if (value >= OLDEST && value <= NEWEST) {
          values[ID] = (short) value;
        }
      }
      case WIDTH -> {
        if (!enabled()) {
          values[WIDTH] = (short) Math.min(value & ~7, MOST_WIDE);
        }
      }
      case HEIGHT -> {
        if (!enabled()) {
          values[HEIGHT] = (short) Math.min(value, MOST_HIGH);
        }
      }
      case DEPTH -> {
        if (!enabled()) {
          values[DEPTH] = (short) depth(value);
        }
      }
      case ENABLE -> enable(value);
      case BANK -> values[BANK] = (short) (value % (VideoRam.SIZE / BANK_SIZE));
      case VIRTUAL_WIDTH -> values[VIRTUAL_WIDTH] = (short) fitting(value & ~7);
      case X_OFFSET, Y_OFFSET -> values[register] = (short) value;
      default -> {
        // read only, or no register
      }
    }
  }

  /** A depth that there is; 0 stands for 8, as in the first version of the interface. */
  private static int depth(int value) {
    return switch (value) {
      case 4, 8, 15, 16, 24, 32 -> value;
      default -> 8;
    };
  }

  /** A virtual width that shows the whole picture and for which there is memory. */
  private int fitting(int points) {
    int wide = Math.max(points, value(WIDTH));
    int planes = depth() == 4 ? 4 : 1;
    boolean fits = (long) bytes(wide) * value(HEIGHT) * planes <= VideoRam.SIZE;
    return fits ? wide : value(WIDTH);
  }

  private void enable(int value) {
    boolean rises = (value & ENABLED) != 0 && !enabled();
    if (rises) {
      values[DEPTH] = (short) depth(depth());
      values[VIRTUAL_WIDTH] = values[WIDTH];
      values[X_OFFSET] = 0;
      values[Y_OFFSET] = 0;
      if ((value & KEEP_MEMORY) == 0) {
        ram.clear();
      }
    } else if ((value & ENABLED) == 0) {
      values[BANK] = 0;
    }
    values[ENABLE] = (short) value;
  }

  @Override
  public State state() {
    return new State(index, values.clone());
  }

  @Override
  public void restore(State state) {
    index = state.index;
    for (int i = 0; i < values.length; i++) {
      values[i] = state.values[i];
    }
  }
}
