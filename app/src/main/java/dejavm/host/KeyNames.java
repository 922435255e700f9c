package dejavm.host;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names of keys that QEMU's {@code sendkey} uses, and their codes: make codes of scan code set
 * 1, with 0xE000 for extended keys.
 */
public final class KeyNames {
  private static final Map<String, Integer> CODES = codes();

  private KeyNames() {}

  /**
   * The codes of keys pressed together, their names joined by hyphens.
   *
   * @throws IllegalArgumentException where there is no such key
   */
  static List<Integer> codes(String names) {
    List<Integer> codes = new ArrayList<>();
    for (String name : names.split("-", -1)) {
      Integer code = CODES.get(name);
      if (code == null) {
        throw new IllegalArgumentException(
            "there is no key '%s'; keys have QEMU's names: a, ret, spc, f1, ctrl-alt-delete"
                .formatted(name));
      }
      codes.add(code);
    }
    return codes;
  }

  /**
   * The code of a key.
   *
   * @throws IllegalArgumentException where there is no such key
   */
  public static int code(String name) {
    return codes(name).getFirst();
  }

  private static Map<String, Integer> codes() {
    Map<String, Integer> codes = new HashMap<>();
    row(codes, 0x01, "esc 1 2 3 4 5 6 7 8 9 0 minus equal backspace tab");
    row(codes, 0x10, "q w e r t y u i o p bracket_left bracket_right ret ctrl");
    row(codes, 0x1E, "a s d f g h j k l semicolon apostrophe grave_accent shift backslash");
    row(codes, 0x2C, "z x c v b n m comma dot slash shift_r kp_multiply alt spc caps_lock");
    row(codes, 0x3B, "f1 f2 f3 f4 f5 f6 f7 f8 f9 f10 num_lock scroll_lock");
    row(codes, 0x47, "kp_7 kp_8 kp_9 kp_subtract kp_4 kp_5 kp_6 kp_add kp_1 kp_2 kp_3 kp_0");
    row(codes, 0x53, "kp_decimal sysrq");
    row(codes, 0x56, "less f11 f12");
    row(codes, 0xE01C, "kp_enter ctrl_r");
    row(codes, 0xE035, "kp_divide");
    row(codes, 0xE037, "print alt_r");
    row(codes, 0xE047, "home up pgup");
    row(codes, 0xE04B, "left");
    row(codes, 0xE04D, "right");
    row(codes, 0xE04F, "end down pgdn insert delete");
    row(codes, 0xE05B, "meta_l meta_r menu");
    row(codes, 0xE11D, "pause");
    codes.put("asterisk", codes.get("kp_multiply"));
    return Map.copyOf(codes);
  }

  /** Keys with consecutive codes. */
  private static void row(Map<String, Integer> codes, int first, String names) {
    int code = first;
    for (String name : names.split(" ")) {
      codes.put(name, code++);
    }
  }
}
