package dejavm.host;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyNamesTest {
  @ParameterizedTest
  @CsvSource({
    "esc,0x01",
    "0,0x0B",
    "tab,0x0F",
    "q,0x10",
    "ret,0x1C",
    "ctrl,0x1D",
    "a,0x1E",
    "shift,0x2A",
    "z,0x2C",
    "slash,0x35",
    "alt,0x38",
    "spc,0x39",
    "caps_lock,0x3A",
    "f1,0x3B",
    "f10,0x44",
    "num_lock,0x45",
    "scroll_lock,0x46",
    "kp_7,0x47",
    "kp_add,0x4E",
    "kp_0,0x52",
    "less,0x56",
    "f11,0x57",
    "f12,0x58",
    "kp_enter,0xE01C",
    "ctrl_r,0xE01D",
    "kp_divide,0xE035",
    "alt_r,0xE038",
    "print,0xE037",
    "home,0xE047",
    "up,0xE048",
    "pgup,0xE049",
    "left,0xE04B",
    "right,0xE04D",
    "end,0xE04F",
    "down,0xE050",
    "pgdn,0xE051",
    "insert,0xE052",
    "delete,0xE053",
    "meta_l,0xE05B",
    "menu,0xE05D",
    "pause,0xE11D"
  })
  void hasTheCodesOfSet1(String name, String code) {
    assertThat(KeyNames.codes(name)).containsExactly(Integer.decode(code));
  }
}
