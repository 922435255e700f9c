package dejavm.session;

import dejavm.bus.Input;
import dejavm.bus.Inputs;
import dejavm.record.TimedInput;
import java.util.ArrayList;
import java.util.List;

/**
 * Inputs at moments that are given; one that is held back at its moment comes as soon as it may.
 */
final class TimedInputs implements Inputs {
  /** Make codes of scan code set 1, from the one of the key Q on. */
  private static final String KEYS = "qwertyuiop[]\r\0asdfghjkl;'`\0\\zxcvbnm";

  private static final int FIRST_KEY = 0x10;
  private static final String[] COMMANDS = {
    "time", "sum", "smc", "fault", "random", "help", "nothing", "reset", "triple"
  };

  private final List<TimedInput> all;
  private int next;

  /**
   * @param all in the order of their moments
   */
  TimedInputs(List<TimedInput> all) {
    this.all = List.copyOf(all);
  }

  @Override
  public long horizon(long now) {
    return next == all.size() ? Long.MAX_VALUE : Math.max(all.get(next).now(), now + 1);
  }

  @Override
  public Input next(long now) {
    return next == all.size() || all.get(next).now() > now ? null : all.get(next++).input();
  }

  @Override
  public long idle(long now, long nextEvent) {
    return Math.min(nextEvent, horizon(now));
  }

  /** How many have not come yet. */
  int left() {
    return all.size() - next;
  }

  /** A few seconds of somebody at the tiny guest's keyboard, mouse, serial line and buttons. */
  static List<TimedInput> random(Dice dice, long until) {
    List<TimedInput> inputs = new ArrayList<>();
    for (long now = 3_000_000; now < until; now += 50_000 + dice.below(4_000_000)) {
      switch (dice.below(12)) {
        case 0 -> inputs.add(new TimedInput(now, new Input.PowerButton()));
        case 1 ->
            inputs.add(new TimedInput(now, dice.oneIn(3) ? new Input.ResetButton() : mouse(dice)));
        case 2, 3 -> {
          inputs.add(new TimedInput(now, mouse(dice)));
          inputs.add(new TimedInput(now, mouse(dice)));
        }
        case 4, 5, 6, 7 -> now = keys(inputs, now, command(dice), dice);
        default -> now = serial(inputs, now, command(dice), dice);
      }
    }
    if (dice.oneIn(2)) {
      serial(inputs, until, "off\r", dice);
    }
    return inputs;
  }

  private static Input mouse(Dice dice) {
    return new Input.Pointer(
        dice.below(600) - 300, dice.below(40) - 20, dice.below(3) - 1, dice.below(8));
  }

  private static String command(Dice dice) {
    return COMMANDS[dice.below(dice.oneIn(4) ? COMMANDS.length : COMMANDS.length - 2)] + '\r';
  }

  /** Presses and releases keys; the moment of the last. */
  private static long keys(List<TimedInput> inputs, long begin, String text, Dice dice) {
    long now = begin;
    for (int character : text.chars().toArray()) {
      int code = FIRST_KEY + KEYS.indexOf(character);
      inputs.add(new TimedInput(now, new Input.Key(code, true)));
      now += dice.below(400_000);
      inputs.add(new TimedInput(now, new Input.Key(code, false)));
      now += dice.below(400_000);
    }
    return now;
  }

  /** Sends one to three bytes at a time; the moment of the last. */
  private static long serial(List<TimedInput> inputs, long begin, String text, Dice dice) {
    long now = begin;
    for (int at = 0; at < text.length(); ) {
      int end = Math.min(text.length(), at + 1 + dice.below(3));
      byte[] bytes = new byte[end - at];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) text.charAt(at + i);
      }
      inputs.add(new TimedInput(now, new Input.SerialBytes(dice.oneIn(20) ? 1 : 0, bytes)));
      now += dice.below(500_000);
      at = end;
    }
    return now;
  }

  /** A text sent to the first serial line, a byte at a time, as long as it takes. */
  static List<TimedInput> typed(long begin, long spacing, String text) {
    List<TimedInput> inputs = new ArrayList<>();
    for (int i = 0; i < text.length(); i++) {
      byte[] bytes = {(byte) text.charAt(i)};
      inputs.add(new TimedInput(begin + i * spacing, new Input.SerialBytes(0, bytes)));
    }
    return inputs;
  }
}
