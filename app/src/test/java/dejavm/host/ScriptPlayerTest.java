package dejavm.host;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Input;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class ScriptPlayerTest {
  private static final long FREQUENCY = 1_000_000;
  private static final int CREDITS = 16;

  private static ScriptPlayer player(String script) throws ScriptError {
    return new ScriptPlayer(Script.parse(script), FREQUENCY);
  }

  private static void output(ScriptPlayer player, String text) {
    for (byte value : text.getBytes(StandardCharsets.UTF_8)) {
      player.output(value & 0xFF);
    }
  }

  private static String typed(Input input) {
    return new String(((Input.SerialBytes) input).bytes(), StandardCharsets.UTF_8);
  }

  @Test
  void waitsForATextThatComesInPieces() throws ScriptError {
    ScriptPlayer player = player("wait abab!\ntype x");
    output(player, "..abab");
    assertThat(player.next(1, CREDITS)).isNull();
    assertThat(player.due(CREDITS)).isEqualTo(Long.MAX_VALUE);
    output(player, "ab!");
    assertThat(player.due(CREDITS)).isZero();
    assertThat(typed(player.next(2, CREDITS))).isEqualTo("x");
  }

  @Test
  void findsATextThatCameBeforeItWasWaitedFor() throws ScriptError {
    ScriptPlayer player = player("sleep 1\nwait login\ntype x");
    assertThat(player.next(0, CREDITS)).isNull();
    assertThat(player.due(CREDITS)).isEqualTo(FREQUENCY);
    output(player, "login:");
    assertThat(typed(player.next(FREQUENCY, CREDITS))).isEqualTo("x");
  }

  @Test
  void changesDiscs() throws ScriptError {
    ScriptPlayer player = player("disc 1\ndisc none\nfloppy 0\nfloppy2 3");
    assertThat(player.next(0, CREDITS)).isEqualTo(new Input.MediaChange(2, "cd1"));
    assertThat(player.next(0, CREDITS)).isEqualTo(new Input.MediaChange(2, ""));
    assertThat(player.next(0, CREDITS)).isEqualTo(new Input.MediaChange(10, "fda0"));
    assertThat(player.next(0, CREDITS)).isEqualTo(new Input.MediaChange(11, "fdb3"));
    assertThat(player.next(0, CREDITS)).isNull();
  }

  @Test
  void whatOneWaitMatchedDoesNotSatisfyTheNext() throws ScriptError {
    ScriptPlayer player = player("wait ab\nwait ab\nquit");
    output(player, "abx");
    player.next(0, CREDITS);
    assertThat(player.quitting()).isFalse();
    output(player, "ab");
    player.next(1, CREDITS);
    assertThat(player.quitting()).isTrue();
  }

  @Test
  void outputAfterAMatchCountsForTheNextWait() throws ScriptError {
    ScriptPlayer player = player("wait a\nwait b\nquit");
    player.next(0, CREDITS);
    output(player, "ab"); // both before the machine asks again
    player.next(1, CREDITS);
    assertThat(player.quitting()).isTrue();
  }

  @Test
  void keysGoDownInOrderAndComeUpInTheOpposite() throws ScriptError {
    ScriptPlayer player = player("key shift-a\ntype x");
    long stroke = FREQUENCY / 50;
    assertThat(player.next(100, CREDITS)).isEqualTo(new Input.Key(0x2A, true));
    assertThat(player.next(100, CREDITS)).isNull();
    assertThat(player.due(CREDITS)).isEqualTo(100 + stroke);
    assertThat(player.next(100 + stroke, CREDITS)).isEqualTo(new Input.Key(0x1E, true));
    assertThat(player.next(100 + 2 * stroke, CREDITS)).isEqualTo(new Input.Key(0x1E, false));
    assertThat(player.next(100 + 3 * stroke, CREDITS)).isEqualTo(new Input.Key(0x2A, false));
    assertThat(player.next(100 + 3 * stroke, CREDITS)).isNull();
    assertThat(typed(player.next(100 + 4 * stroke, CREDITS))).isEqualTo("x");
  }

  @Test
  void pushesThePowerButtonAndGoesOn() throws ScriptError {
    ScriptPlayer player = player("poweroff\nquit");
    assertThat(player.next(5, 0)).isEqualTo(new Input.PowerButton());
    assertThat(player.next(5, 0)).isNull();
    assertThat(player.quitting()).isTrue();
    assertThat(player.due(CREDITS)).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void saysNothingMoreWhenItIsThrough() throws ScriptError {
    ScriptPlayer player = player("type x");
    assertThat(typed(player.next(0, CREDITS))).isEqualTo("x");
    output(player, "much");
    assertThat(player.next(1, CREDITS)).isNull();
    assertThat(player.due(CREDITS)).isEqualTo(Long.MAX_VALUE);
    assertThat(player.quitting()).isFalse();
  }
}
