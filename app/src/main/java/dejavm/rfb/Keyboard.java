package dejavm.rfb;

import dejavm.bus.Input;
import dejavm.display.Hands;
import dejavm.host.KeyNames;
import java.util.LinkedHashSet;
import java.util.SequencedSet;
import java.util.Set;

/**
 * A viewer's keys as keys of the machine. Where a key is told by its meaning only, it is looked for
 * on a US keyboard, and Shift pushed or let go for it where that is what the meaning takes. What is
 * held when the viewer goes is let go.
 */
final class Keyboard {
  private static final int EXTENDED = 0xE000;
  private static final int PAUSE = KeyNames.code("pause");

  /** Pause as viewers tell it: the code of its Ctrl-Break. */
  private static final int BREAK = 0xE046;

  private static final int SHIFT = KeyNames.code("shift");
  private static final Set<Integer> SHIFTS = Set.of(SHIFT, KeyNames.code("shift_r"));
  private static final int CAPS_LOCK = KeyNames.code("caps_lock");

  private final Hands hands;
  private final SequencedSet<Integer> held = new LinkedHashSet<>();
  private boolean capitals;

  Keyboard(Hands hands) {
    this.hands = hands;
  }

  /** A key by its code as viewers tell it; by its meaning where they do not. */
  void scanned(ClientMessage.ScannedKey key) throws InterruptedException {
    int low = key.code() & 0x7F;
    if (key.code() <= 0 || key.code() > 0xFF || low == 0) {
      meant(new ClientMessage.Key(key.down(), key.keysym()));
      return;
    }
    int code = (key.code() & 0x80) != 0 ? EXTENDED | low : low;
    push(code == BREAK ? PAUSE : code, key.down());
  }

  /** A key by its meaning. */
  void meant(ClientMessage.Key message) throws InterruptedException {
    KeySyms.Key key = KeySyms.key(message.keysym());
    if (key == null) {
      return;
    }
    boolean plain = key.shift() == KeySyms.Shift.ANY || held.contains(key.code());
    if (!message.down() || plain) {
      push(key.code(), message.down());
      return;
    }
    boolean letter = Character.isLetter(message.keysym());
    boolean wanted = (key.shift() == KeySyms.Shift.HELD) != (letter && capitals);
    Set<Integer> shifts = new LinkedHashSet<>(held);
    shifts.retainAll(SHIFTS);
    if (wanted == !shifts.isEmpty()) {
      push(key.code(), true);
    } else if (wanted) {
      hands.push(new Input.Key(SHIFT, true));
      push(key.code(), true);
      hands.push(new Input.Key(SHIFT, false));
    } else {
      for (int shift : shifts) {
        hands.push(new Input.Key(shift, false));
      }
      push(key.code(), true);
      for (int shift : shifts) {
        hands.push(new Input.Key(shift, true));
      }
    }
  }

  /** Lets everything go. */
  void release() throws InterruptedException {
    for (int code : Set.copyOf(held)) {
      push(code, false);
    }
  }

  private void push(int code, boolean down) throws InterruptedException {
    if (down) {
      // a viewer repeats what is held; a PC's keyboard does so itself
      if (!held.add(code)) {
        return;
      }
      capitals ^= code == CAPS_LOCK;
    } else if (!held.remove(code)) {
      return;
    }
    hands.push(new Input.Key(code, down));
  }
}
