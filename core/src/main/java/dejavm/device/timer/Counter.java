package dejavm.device.timer;

import dejavm.bus.Stateful;
import dejavm.bus.Timer;

/**
 * One counter of an 8254. Times are in periods of its clock, counted from power-on; the caller
 * passes the present one as {@code cycle}.
 *
 * <p>A count that is written waits in the count register until it is loaded into the counting
 * element: one clock later in most modes, at the end of the period (mode 3: half period) where
 * modes 2 and 3 are counting, after the next trigger in modes 1 and 5. From the moment of the last
 * loading, and the count, all else follows.
 *
 * <p>Source: Intel 8254 datasheet, order no. 231164.
 */
public final class Counter implements Stateful<Counter.State> {
  /**
   * The counter.
   *
   * @param control the low six bits of its control word: access, mode, BCD
   * @param register the count register
   * @param written whether a count was written since the control word
   * @param lowByte the low byte of a count of which the high byte is still to come
   * @param halfWritten whether the high byte is still to come
   * @param highNext whether the next read gives the high byte
   * @param nullCount whether the count register was not loaded yet
   * @param loadAt the cycle at which the count register is loaded, {@link Timer#NEVER} if none
   * @param loaded whether the counting element was loaded since the control word
   * @param length the count that was loaded, 1 to 65536
   * @param start the cycle at which it was loaded, or would have been without pauses
   * @param paused whether counting is suspended
   * @param elapsed while paused: the clocks counted before
   * @param held what the counting element showed when the control word was written
   * @param countLatched whether {@code latchedCount} waits to be read
   * @param statusLatched whether {@code latchedStatus} waits to be read
   */
  public record State(
      int control,
      int register,
      boolean written,
      int lowByte,
      boolean halfWritten,
      boolean highNext,
      boolean nullCount,
      long loadAt,
      boolean loaded,
      int length,
      long start,
      boolean paused,
      long elapsed,
      int held,
      boolean gate,
      boolean countLatched,
      int latchedCount,
      boolean statusLatched,
      int latchedStatus) {}

  private static final long NEVER = Timer.NEVER;
  private static final int LOW_THEN_HIGH = 3;

  private int control;
  private int register;
  private boolean written;
  private int lowByte;
  private boolean halfWritten;
  private boolean highNext;
  private boolean nullCount;
  private long loadAt;
  private boolean loaded;
  private int length;
  private long start;
  private boolean paused;
  private long elapsed;
  private int held;
  private boolean gate;
  private boolean countLatched;
  private int latchedCount;
  private boolean statusLatched;
  private int latchedStatus;

  Counter(boolean gate) {
    restore(powerOn(gate));
  }

  static State powerOn(boolean gate) {
    return new State(
        0x30, 0, false, 0, false, false, true, NEVER, false, 0x10000, 0, false, 0, 0, gate, false,
        0, false, 0);
  }

  /** Takes a control word's access, mode and BCD bits. */
  void control(long cycle, int word) {
    held = element(cycle);
    control = word & 0x3F;
    written = false;
    halfWritten = false;
    highNext = false;
    nullCount = true;
    countLatched = false;
    statusLatched = false;
    loadAt = NEVER;
    loaded = false;
    paused = false;
  }

  /** The counter latch command: further ones are ignored until the count was read. */
  void latchCount(long cycle) {
    if (!countLatched) {
      latchedCount = element(cycle);
      countLatched = true;
    }
  }

  /** The status half of the read-back command. */
  void latchStatus(long cycle) {
    if (!statusLatched) {
      latchedStatus = (out(cycle) ? 0x80 : 0) | (nullCount ? 0x40 : 0) | control;
      statusLatched = true;
    }
  }

  int read(long cycle) {
    if (statusLatched) {
      statusLatched = false;
      return latchedStatus;
    }
    int value = countLatched ? latchedCount : element(cycle);
    boolean high = access() == 2 || access() == LOW_THEN_HIGH && highNext;
    if (access() == LOW_THEN_HIGH) {
      highNext = !highNext;
    }
    if (access() != LOW_THEN_HIGH || high) {
      countLatched = false;
    }
    return high ? value >> 8 & 0xFF : value & 0xFF;
  }

  void write(long cycle, int value) {
    settle(cycle);
    if (access() == 1) {
      count(cycle, value);
    } else if (access() == 2) {
      count(cycle, value << 8);
    } else if (halfWritten) {
      halfWritten = false;
      count(cycle, lowByte | value << 8);
    } else {
      halfWritten = true;
      lowByte = value;
      if (mode() == 0) {
        pause(cycle);
      }
    }
  }

  private void count(long cycle, int value) {
    register = value;
    written = true;
    nullCount = true;
    if (!triggered() && (!periodic() || !loaded)) {
      loadAt = cycle + 1;
    } else if (periodic() && !paused && loadAt == NEVER) {
      long t = cycle - start;
      loadAt = start + (mode() == 2 ? (t / length + 1) * length : nextHalf(t, length));
    }
  }

  /** Drives the gate. */
  void gate(long cycle, boolean level) {
    settle(cycle);
    if (gate == level) {
      return;
    }
    gate = level;
    if (triggered()) {
      if (level && written) {
        loadAt = cycle + 1;
      }
    } else if (!level) {
      pause(cycle);
      if (periodic() && loaded) {
        loadAt = NEVER;
      }
    } else if (!periodic()) {
      resume(cycle);
    } else if (loaded) {
      loadAt = cycle + 1;
    }
  }

  /** The output. */
  boolean out(long cycle) {
    settle(cycle);
    if (!loaded) {
      return mode() != 0;
    }
    long t = counted(cycle);
    return switch (mode()) {
      case 0 -> !halfWritten && loadAt == NEVER && t >= length;
      case 1 -> t >= length;
      case 2 -> paused || t % length != length - 1;
      case 3 -> paused || t % length < length + 1 >> 1;
      default -> t != length;
    };
  }

  /**
   * The first cycle after this one at which the output changes, or may; where it {@link #pulses},
   * at which it rises. {@link Timer#NEVER} if it stays as it is.
   */
  long nextEdge(long cycle) {
    settle(cycle);
    if (!gate && !triggered()) {
      return NEVER;
    }
    if (loadAt != NEVER && !(periodic() && loaded)) {
      return loadAt + firstEdge(decoded());
    }
    if (!loaded || paused) {
      return loadAt;
    }
    long t = cycle - start;
    long n = length;
    long edge =
        switch (mode()) {
          case 0, 1 -> t < n ? n : NEVER;
          case 2 -> n == 1 ? NEVER : (t / n + 1) * n;
          case 3 -> n == 1 ? NEVER : nextHalf(t, n);
          default -> t <= n ? n + 1 : NEVER;
        };
    return edge == NEVER ? loadAt : Math.min(start + edge, loadAt);
  }

  /** Clocks from loading to the first edge. */
  private int firstEdge(int n) {
    return switch (mode()) {
      case 0, 2 -> n;
      case 1 -> 0;
      case 3 -> n + 1 >> 1;
      default -> n + 1;
    };
  }

  /** Whether the output is high but for pulses of one clock: modes 2, 4 and 5. */
  boolean pulses() {
    return mode() == 2 || mode() >= 4;
  }

  /** Clocks in a period of the output as last programmed; 0 where it is not periodic. */
  int period() {
    return periodic() && gate && written ? decoded() : 0;
  }

  private int mode() {
    int bits = control >> 1 & 7;
    return bits > 5 ? bits - 4 : bits;
  }

  private boolean periodic() {
    return mode() == 2 || mode() == 3;
  }

  /** Whether a rising gate starts it, and the gate's level means nothing. */
  private boolean triggered() {
    return mode() == 1 || mode() == 5;
  }

  private int access() {
    return control >> 4;
  }

  private void settle(long cycle) {
    if (loadAt <= cycle) {
      length = decoded();
      start = loadAt;
      loadAt = NEVER;
      loaded = true;
      nullCount = false;
      elapsed = 0;
      paused = stopped();
    }
  }

  private boolean stopped() {
    return !gate && !triggered() || halfWritten && mode() == 0;
  }

  private void pause(long cycle) {
    if (loaded && !paused) {
      elapsed = cycle - start;
      paused = true;
    }
  }

  private void resume(long cycle) {
    if (paused && !stopped()) {
      start = cycle - elapsed;
      paused = false;
    }
  }

  private long counted(long cycle) {
    return paused ? elapsed : cycle - start;
  }

  /** The counting element as the bus sees it. */
  private int element(long cycle) {
    settle(cycle);
    if (!loaded) {
      return held;
    }
    long t = counted(cycle);
    long value =
        switch (mode()) {
          case 2 -> length - t % length;
          case 3 -> {
            // an odd count loses its last bit when loaded, and the high half lasts a clock longer
            long high = length + 1L >> 1;
            long phase = t % length;
            yield (length & ~1) - 2 * (phase < high ? phase : phase - high);
          }
          default -> length - t;
        };
    return (control & 1) == 0 ? (int) value & 0xFFFF : toBcd((int) Math.floorMod(value, 10000L));
  }

  private static long nextHalf(long t, long n) {
    long high = n + 1 >> 1;
    long period = t / n * n;
    return period + (t - period < high ? high : n);
  }

  /** The count register as a number; 0 stands for the largest. */
  private int decoded() {
    if ((control & 1) == 0) {
      return register == 0 ? 0x10000 : register;
    }
    int value =
        (register >> 12) * 1000
            + (register >> 8 & 0xF) * 100
            + (register >> 4 & 0xF) * 10
            + (register & 0xF);
    return value == 0 ? 10000 : value;
  }

  private static int toBcd(int value) {
    return value / 1000 << 12 | value / 100 % 10 << 8 | value / 10 % 10 << 4 | value % 10;
  }

  @Override
  public State state() {
    return new State(
        control,
        register,
        written,
        lowByte,
        halfWritten,
        highNext,
        nullCount,
        loadAt,
        loaded,
        length,
        start,
        paused,
        elapsed,
        held,
        gate,
        countLatched,
        latchedCount,
        statusLatched,
        latchedStatus);
  }

  @Override
  public void restore(State state) {
    control = state.control;
    register = state.register;
    written = state.written;
    lowByte = state.lowByte;
    halfWritten = state.halfWritten;
    highNext = state.highNext;
    nullCount = state.nullCount;
    loadAt = state.loadAt;
    loaded = state.loaded;
    length = state.length;
    start = state.start;
    paused = state.paused;
    elapsed = state.elapsed;
    held = state.held;
    gate = state.gate;
    countLatched = state.countLatched;
    latchedCount = state.latchedCount;
    statusLatched = state.statusLatched;
    latchedStatus = state.latchedStatus;
  }
}
