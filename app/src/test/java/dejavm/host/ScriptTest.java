package dejavm.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScriptTest {
  @Test
  void readsEveryKindOfLine() throws ScriptError {
    Script script =
        Script.parse(
            """
            # a comment

              wait ~ #
            type ls -l\\n
            key ctrl-alt-delete
            sleep 1.5
            poweroff
            quit
            """);
    assertThat(script.actions()).hasSize(6);
    assertThat(text(script.actions().get(0))).isEqualTo("~ #");
    assertThat(text(script.actions().get(1))).isEqualTo("ls -l\n");
    assertThat(script.actions().get(2))
        .isEqualTo(new Script.Action.Keys(List.of(0x1D, 0x38, 0xE053)));
    assertThat(script.actions().get(3)).isEqualTo(new Script.Action.Sleep(1.5));
    assertThat(script.actions().get(4)).isEqualTo(new Script.Action.PowerOff());
    assertThat(script.actions().get(5)).isEqualTo(new Script.Action.Quit());
  }

  @Test
  void understandsEscapes() throws ScriptError {
    Script script = Script.parse("type a\\t\\x1b[A\\\\\\r\\s\\xFFé");
    byte[] bytes = ((Script.Action.Type) script.actions().getFirst()).text();
    assertThat(bytes).containsExactly('a', '\t', 0x1B, '[', 'A', '\\', '\r', ' ', 0xFF, 0xC3, 0xA9);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "tipe x        | line 1: there is no tipe",
        "wait          | line 1: wait needs a text",
        "type          | line 1: type needs a text",
        "key           | line 1: key needs a name",
        "key ctrl-     | line 1: there is no key ''",
        "key hyper     | line 1: there is no key 'hyper'",
        "sleep         | line 1: sleep needs a number",
        "sleep soon    | line 1: sleep needs a number",
        "sleep -1      | line 1: sleep needs a number",
        "sleep 1e99    | line 1: sleep needs a number",
        "quit now      | line 1: quit stands alone",
        "poweroff 1    | line 1: poweroff stands alone",
        "type \\q      | line 1: a backslash is followed by",
        "type \\x1     | line 1: \\x needs two hexadecimal digits",
        "type \\       | line 1: a backslash is followed by",
      })
  void namesTheLineThatIsWrong(String line, String message) {
    assertThatThrownBy(() -> Script.parse(line)).hasMessageStartingWith(message);
    assertThatThrownBy(() -> Script.parse("# first\n\n" + line + "\nquit"))
        .isInstanceOf(ScriptError.class)
        .hasMessageStartingWith(message.replace("line 1", "line 3"));
  }

  private static String text(Script.Action action) {
    byte[] bytes =
        action instanceof Script.Action.Wait(byte[] awaited)
            ? awaited
            : ((Script.Action.Type) action).text();
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
