package dejavm.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EscapeKeysTest {
  private static List<Object> typed(String text) {
    EscapeKeys keys = new EscapeKeys();
    List<Object> results = new ArrayList<>();
    for (char c : text.toCharArray()) {
      EscapeKeys.Key key = keys.key(c);
      if (key.send() >= 0) {
        results.add((char) key.send());
      }
      if (key.command() != null) {
        results.add(key.command());
      }
    }
    return results;
  }

  @Test
  void handsEverythingOnButCommands() {
    assertThat(typed("x\003h\r\u00e9")).containsExactly('x', '\003', 'h', '\r', '\u00e9');
    assertThat(typed("\001x")).containsExactly(EscapeKeys.Command.QUIT);
    assertThat(typed("\001h\001?"))
        .containsExactly(EscapeKeys.Command.HELP, EscapeKeys.Command.HELP);
    assertThat(typed("\001r\001p"))
        .containsExactly(EscapeKeys.Command.RESET, EscapeKeys.Command.POWER);
    assertThat(typed("a\001\001b")).containsExactly('a', '\001', 'b');
    assertThat(typed("\001zx")).containsExactly('x');
    assertThat(typed("\001")).isEmpty();
  }
}
