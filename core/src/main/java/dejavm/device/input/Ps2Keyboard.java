package dejavm.device.input;

import dejavm.bus.Derived;
import dejavm.bus.Outputs;
import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;
import dejavm.device.ByteFifo;

/**
 * A 101/102-key PS/2 keyboard with scan code sets 1, 2 and 3.
 *
 * <p>Keys repeat in the keyboard, not in the host: the last key pressed, after a delay and at a
 * rate that the host sets. Pause has no release code: everything is sent when it is pressed. Where
 * the buffer of 16 bytes is full, the 17th byte says so and what was typed is lost.
 *
 * <p>Source: IBM Personal System/2 hardware interface technical reference, keyboards (101- and
 * 102-key).
 */
public final class Ps2Keyboard implements Ps2Device, Stateful<Ps2Keyboard.State> {
  /**
   * The keyboard.
   *
   * @param replies answers to commands, which go before scan codes
   * @param overflowed the last byte in {@code codes} says that keys were lost
   * @param pending the command whose parameter comes next, 0 if none
   * @param last the last byte that was sent
   * @param set the scan code set, 1 to 3
   * @param scanning whether keys are reported
   * @param testing whether the self-test after a reset is under way
   * @param rate delay and rate of repetition as the host encodes them
   * @param held the key that repeats, 0 if none
   * @param behaviour by set 3 code: bit 0 repeats, bit 1 tells its release; used in set 3 only
   */
  public record State(
      ByteFifo.State codes,
      ByteFifo.State replies,
      boolean overflowed,
      int pending,
      int last,
      int set,
      boolean scanning,
      boolean testing,
      int rate,
      int held,
      int leds,
      byte[] behaviour) {}

  private static final int ACK = 0xFA;
  private static final int RESEND = 0xFE;
  private static final int PAUSE = 0xE11D;
  private static final int PRINT_SCREEN = 0xE037;
  private static final int DEFAULT_RATE = 0x2B;
  private static final int TEST_MILLISECONDS = 20;

  private final Scheduler scheduler;
  private final Outputs outputs;
  private final Timer test;
  private final Timer repeat;
  private final ByteFifo codes = new ByteFifo(17);
  private final ByteFifo replies = new ByteFifo(8);
  private final byte[] behaviour = new byte[256];

  @Derived("wired once, by the controller")
  private Runnable ready = () -> {};

  private boolean overflowed;
  private int pending;
  private int last;
  private int set;
  private boolean scanning;
  private boolean testing;
  private int rate;
  private int held;
  private int leds;

  /** A keyboard that has passed its self-test. */
  public Ps2Keyboard(Scheduler scheduler, Outputs outputs) {
    this.scheduler = scheduler;
    this.outputs = outputs;
    test = scheduler.timer("keyboard self-test", this::tested);
    repeat = scheduler.timer("keyboard repeat", this::repeat);
    defaults();
  }

  /** As after power-on, self-test passed: a reset of the board does not say so to the host. */
  public void reset() {
    codes.clear();
    replies.clear();
    overflowed = false;
    pending = 0;
    last = 0;
    testing = false;
    test.cancel();
    defaults();
    light(0);
  }

  /**
   * A key goes down or up.
   *
   * @param code its make code in set 1, 0xE0nn for extended keys, 0xE11D for Pause
   */
  public void key(int code, boolean down) {
    int low = code & 0xFF;
    boolean known = code == PAUSE || (code & ~0xFF) == 0 || (code & ~0xFF) == 0xE000;
    if (!known || low == 0 || low >= 0x80 || testing || !scanning || down && code == held) {
      return;
    }
    type(code, down, false);
    if (down && code != PAUSE && (set != 3 || (behaviour[ScanCodes.set3(code)] & 1) != 0)) {
      held = code;
      repeat.arm(in((rate >> 5 & 3) * 250 + 250, 1000));
    } else if (down || code == held) {
      release();
    }
  }

  private void release() {
    held = 0;
    repeat.cancel();
  }

  private void repeat() {
    type(held, true, true);
    // the period is (8 + A) * 2^B * 4.17 ms
    int periods = 8 + (rate & 7) << (rate >> 3 & 3);
    repeat.arm(scheduler.now() + scheduler.ticks(periods, 240));
  }

  private void type(int code, boolean down, boolean again) {
    int low = code & 0x7F;
    if (set == 3) {
      int key = ScanCodes.set3(code);
      if (key != 0 && down) {
        put(key);
      } else if (key != 0 && (behaviour[key] & 2) != 0) {
        put(0xF0, key);
      }
    } else if (code == PAUSE) {
      pause(down);
    } else if (code == PRINT_SCREEN && !again) {
      printScreen(down);
    } else if (set == 1) {
      int key = down ? low : low | 0x80;
      putKey(code > 0xFF, key);
    } else if (down) {
      putKey(code > 0xFF, ScanCodes.set2(low));
    } else {
      putKey(code > 0xFF, 0xF0, ScanCodes.set2(low));
    }
  }

  private void pause(boolean down) {
    if (down && set == 1) {
      put(0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5);
    } else if (down) {
      put(0xE1, 0x14, 0x77, 0xE1, 0xF0, 0x14, 0xF0, 0x77);
    }
  }

  /** It comes with a left shift that was never pressed. */
  private void printScreen(boolean down) {
    if (set == 1) {
      if (down) {
        put(0xE0, 0x2A, 0xE0, 0x37);
      } else {
        put(0xE0, 0xB7, 0xE0, 0xAA);
      }
    } else if (down) {
      put(0xE0, 0x12, 0xE0, 0x7C);
    } else {
      put(0xE0, 0xF0, 0x7C, 0xE0, 0xF0, 0x12);
    }
  }

  private void putKey(boolean extended, int... bytes) {
    if (!extended) {
      put(bytes);
    } else if (bytes.length == 1) {
      put(0xE0, bytes[0]);
    } else {
      put(0xE0, bytes[0], bytes[1]);
    }
  }

  /** All bytes of a key or none. */
  private void put(int... bytes) {
    if (overflowed) {
      return;
    }
    if (codes.free() > bytes.length) {
      for (int value : bytes) {
        codes.add(value);
      }
    } else {
      codes.add(set == 1 ? 0xFF : 0x00);
      overflowed = true;
    }
    ready.run();
  }

  @Override
  public void plug(Runnable ready) {
    this.ready = ready;
  }

  @Override
  public boolean ready() {
    return !replies.isEmpty() || pending == 0 && !codes.isEmpty();
  }

  @Override
  public int take() {
    if (!replies.isEmpty()) {
      last = replies.take();
    } else {
      last = codes.take();
      overflowed &= !codes.isEmpty();
    }
    return last;
  }

  @Override
  public void send(int value) {
    if (testing) {
      return;
    }
    int command = pending;
    pending = 0;
    if (value >= 0xED && value != 0xF1 || command == 0) {
      replies.clear();
      command(value);
    } else {
      parameter(command, value);
    }
    ready.run();
  }

  private void command(int value) {
    switch (value) {
      case 0xED, 0xF0, 0xF3, 0xFB, 0xFC, 0xFD -> {
        pending = value;
        replies.add(ACK);
      }
      case 0xEE -> replies.add(0xEE);
      case 0xF2 -> {
        replies.add(ACK);
        replies.add(0xAB);
        replies.add(0x83);
      }
      case 0xF4 -> {
        clearKeys();
        scanning = true;
        replies.add(ACK);
      }
      case 0xF5 -> {
        clearKeys();
        defaults();
        scanning = false;
        replies.add(ACK);
      }
      case 0xF6 -> {
        clearKeys();
        defaults();
        replies.add(ACK);
      }
      case 0xF7 -> behaveAll(1);
      case 0xF8 -> behaveAll(2);
      case 0xF9 -> behaveAll(0);
      case 0xFA -> behaveAll(3);
      case 0xFE -> replies.add(last);
      case 0xFF -> {
        clearKeys();
        defaults();
        light(0);
        replies.add(ACK);
        testing = true;
        test.arm(in(TEST_MILLISECONDS, 1000));
      }
      default -> replies.add(RESEND);
    }
  }

  private void parameter(int command, int value) {
    switch (command) {
      case 0xED -> {
        light(value & 7);
        replies.add(ACK);
      }
      case 0xF0 -> {
        if (value > 3) {
          replies.add(RESEND);
          return;
        }
        replies.add(ACK);
        if (value == 0) {
          replies.add(set);
        } else {
          clearKeys();
          set = value;
        }
      }
      case 0xF3 -> {
        rate = value & 0x7F;
        replies.add(ACK);
      }
      default -> {
        // 0xFB to 0xFD take keys until another command comes
        behaviour[value] = (byte) (command == 0xFB ? 1 : command == 0xFC ? 2 : 0);
        pending = command;
        replies.add(ACK);
      }
    }
  }

  private void behaveAll(int how) {
    for (int i = 0; i < behaviour.length; i++) {
      behaviour[i] = (byte) how;
    }
    replies.add(ACK);
  }

  private void clearKeys() {
    codes.clear();
    overflowed = false;
    release();
  }

  private void defaults() {
    release();
    set = 2;
    scanning = true;
    rate = DEFAULT_RATE;
    for (int key = 0; key < behaviour.length; key++) {
      behaviour[key] = (byte) behaviour(key);
    }
  }

  /** Modifiers tell their release, function and numeric keys only that they were pressed. */
  private static int behaviour(int set3) {
    return switch (set3) {
      case 0x11, 0x12, 0x14, 0x19, 0x59 -> 2;
      case 0x07,
          0x08,
          0x0F,
          0x17,
          0x1F,
          0x27,
          0x2F,
          0x37,
          0x3F,
          0x47,
          0x4F,
          0x56,
          0x57,
          0x5E,
          0x5F,
          0x62,
          0x39,
          0x58,
          0x65,
          0x67,
          0x6D,
          0x6E,
          0x6F,
          0x76,
          0x4A,
          0x7E,
          0x84,
          0x79,
          0x69,
          0x6B,
          0x6C,
          0x70,
          0x71,
          0x72,
          0x73,
          0x74,
          0x75,
          0x7A,
          0x7D ->
          0;
      default -> 1;
    };
  }

  private void light(int lights) {
    if (leds != lights) {
      leds = lights;
      outputs.keyboardLeds(lights);
    }
  }

  private void tested() {
    testing = false;
    replies.add(0xAA);
    ready.run();
  }

  private long in(long units, long perSecond) {
    return scheduler.now() + scheduler.ticks(units, perSecond);
  }

  @Override
  public State state() {
    return new State(
        codes.state(),
        replies.state(),
        overflowed,
        pending,
        last,
        set,
        scanning,
        testing,
        rate,
        held,
        leds,
        behaviour.clone());
  }

  @Override
  public void restore(State state) {
    codes.restore(state.codes);
    replies.restore(state.replies);
    overflowed = state.overflowed;
    pending = state.pending;
    last = state.last;
    set = state.set;
    scanning = state.scanning;
    testing = state.testing;
    rate = state.rate;
    held = state.held;
    leds = state.leds;
    for (int i = 0; i < behaviour.length; i++) {
      behaviour[i] = state.behaviour[i];
    }
  }
}
