package dejavm.session;

import dejavm.bus.Input;
import dejavm.bus.Inputs;

/** A world outside that sends things whenever it likes. */
final class RandomInputs implements Inputs {
  private final Dice dice;

  RandomInputs(long seed) {
    dice = new Dice(~seed);
  }

  @Override
  public long horizon(long now) {
    return now + 1 + dice.below(3000);
  }

  @Override
  public Input next(long now) {
    if (!dice.oneIn(10)) {
      return null;
    }
    return switch (dice.below(5)) {
      case 0, 1 -> new Input.SerialBytes(dice.below(2), new byte[1 + dice.below(9)]);
      case 2 -> new Input.Pointer(dice.below(9) - 4, dice.below(9), 0, dice.below(8));
      case 3 -> new Input.PowerButton();
      default -> new Input.Key(dice.below(0x60), dice.oneIn(2));
    };
  }

  @Override
  public long idle(long now, long nextEvent) {
    return now + 1 + (nextEvent - now > 1 ? dice.below((int) Math.min(nextEvent - now, 5000)) : 0);
  }
}
