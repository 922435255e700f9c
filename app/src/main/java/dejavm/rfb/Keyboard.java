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
    int told = (key.code() & 0x80) != 0 ? EXTENDED | low : low;
    int code = told == BREAK ? PAUSE : told;
    KeySyms.Key meant = KeySyms.key(key.keysym());
    // a keyboard on a screen has no Shift to hold; other layouts have the meaning elsewhere
    boolean shifts = key.down() && meant != null && meant.code() == code;
    if (shifts && wantsShift(meant, key.keysym()) && shifts().isEmpty()) {
      pushWithShift(code);
    } else {
      push(code, key.down());
    }
  }

  /** A key by its meaning. */
  void meant(ClientMessage.Key message) throws InterruptedException {
    KeySyms.Key key = KeySyms.key(message.keysym());
    if (key == null) {
      return;
    }
    boolean wanted = wantsShift(key, message.keysym());
    Set<Integer> shifts = shifts();
    boolean plain = key.shift() == KeySyms.Shift.ANY || wanted == !shifts.isEmpty();
    if (!message.down() || plain) {
      push(key.code(), message.down());
    } else if (wanted) {
      pushWithShift(key.code());
    } else {
      pushWithout(shifts, key.code());
    }
  }

  private boolean wantsShift(KeySyms.Key key, int keysym) {
    boolean letter = Character.isLetter(keysym);
    return switch (key.shift()) {
      case HELD -> !(letter && capitals);
      case FREE -> letter && capitals;
      case ANY -> false;
    };
  }

  /** Those of the Shift keys that the viewer holds. */
  private Set<Integer> shifts() {
    Set<Integer> shifts = new LinkedHashSet<>(held);
    shifts.retainAll(SHIFTS);
    return shifts;
  }

  private void pushWithShift(int code) throws InterruptedException {
    if (!held.contains(code)) {
      hands.push(new Input.Key(SHIFT, true));
      push(code, true);
      hands.push(new Input.Key(SHIFT, false));
    }
  }

  private void pushWithout(Set<Integer> shifts, int code) throws InterruptedException {
    if (!held.contains(code)) {
      for (int shift : shifts) {
        hands.push(new Input.Key(shift, false));
      }
      push(code, true);
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
