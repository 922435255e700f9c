package dejavm.rfb;

import dejavm.host.KeyNames;
import java.util.HashMap;
import java.util.Map;

/**
 * Which key of a US keyboard has a meaning: for viewers that tell only what a key means.
 *
 * <p>Source: X11's keysymdef.h: characters of Latin-1 are their own keysyms, other keys begin at
 * 0xFE03.
 */
final class KeySyms {
  /** Whether Shift has to be held for a meaning. */
  enum Shift {
    HELD,
    FREE,
    ANY
  }

  /**
   * A key.
   *
   * @param code as in {@link dejavm.bus.Input.Key}
   */
  record Key(int code, Shift shift) {}

  private static final String PLAIN = "`1234567890-=[]\\;',./";
  private static final String SHIFTED = "~!@#$%^&*()_+{}|:\"<>?";
  private static final String[] NAMES = {
    "grave_accent",
    "1",
    "2",
    "3",
    "4",
    "5",
    "6",
    "7",
    "8",
    "9",
    "0",
    "minus",
    "equal",
    "bracket_left",
    "bracket_right",
    "backslash",
    "semicolon",
    "apostrophe",
    "comma",
    "dot",
    "slash"
  };

  private static final Map<Integer, Key> KEYS = keys();

  private KeySyms() {}

  /** The key with this meaning, or null. */
  static Key key(int keysym) {
    return KEYS.get(keysym);
  }

  private static Map<Integer, Key> keys() {
    Map<Integer, Key> keys = new HashMap<>();
    for (char letter = 'a'; letter <= 'z'; letter++) {
      int code = KeyNames.code(String.valueOf(letter));
      keys.put((int) letter, new Key(code, Shift.FREE));
      keys.put(letter - 'a' + 'A', new Key(code, Shift.HELD));
    }
    for (int i = 0; i < NAMES.length; i++) {
      int code = KeyNames.code(NAMES[i]);
      keys.put((int) PLAIN.charAt(i), new Key(code, Shift.FREE));
      keys.put((int) SHIFTED.charAt(i), new Key(code, Shift.HELD));
    }
    name(keys, 0x20, "spc");
    name(keys, 0xFE03, "alt_r");
    name(keys, 0xFE20, "tab");
    name(keys, 0xFF08, "backspace", "tab");
    name(keys, 0xFF0D, "ret");
    name(keys, 0xFF13, "pause", "scroll_lock", "sysrq");
    name(keys, 0xFF1B, "esc");
    name(keys, 0xFF50, "home", "left", "up", "right", "down", "pgup", "pgdn", "end");
    name(keys, 0xFF61, "print");
    name(keys, 0xFF63, "insert");
    name(keys, 0xFF67, "menu");
    name(keys, 0xFF6B, "pause");
    name(keys, 0xFF7E, "alt_r", "num_lock");
    name(keys, 0xFF80, "spc");
    name(keys, 0xFF89, "tab");
    name(keys, 0xFF8D, "kp_enter");
    name(keys, 0xFF95, "kp_7", "kp_4", "kp_8", "kp_6", "kp_2", "kp_9", "kp_3", "kp_1", "kp_5");
    name(keys, 0xFF9E, "kp_0", "kp_decimal");
    name(keys, 0xFFAA, "kp_multiply", "kp_add", "kp_decimal", "kp_subtract", "kp_decimal");
    name(keys, 0xFFAF, "kp_divide", "kp_0", "kp_1", "kp_2", "kp_3", "kp_4", "kp_5", "kp_6");
    name(keys, 0xFFB7, "kp_7", "kp_8", "kp_9");
    name(keys, 0xFFBE, "f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12");
    name(keys, 0xFFE1, "shift", "shift_r", "ctrl", "ctrl_r", "caps_lock");
    name(keys, 0xFFE7, "meta_l", "meta_r", "alt", "alt_r", "meta_l", "meta_r");
    name(keys, 0xFFFF, "delete");
    return Map.copyOf(keys);
  }

  /** Keys with consecutive keysyms. */
  private static void name(Map<Integer, Key> keys, int first, String... names) {
    int keysym = first;
    for (String name : names) {
      keys.put(keysym++, new Key(KeyNames.code(name), Shift.ANY));
    }
  }
}
