package dejavm.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class HostOutputsTest {
  private final ByteArrayOutputStream first = new ByteArrayOutputStream();
  private final ByteArrayOutputStream debug = new ByteArrayOutputStream();

  @Test
  void portsGoToTheirSinks() {
    HostOutputs outputs =
        new HostOutputs(
            Arrays.asList(new ByteSink("first", first), null),
            new ByteSink("debug", debug),
            SerialPeer.NONE);
    outputs.serial(0, 'a');
    outputs.serial(1, 'b');
    outputs.debugConsole(0xFF);
    assertThat(first.size()).isZero();
    outputs.flush();
    assertThat(first.toByteArray()).containsExactly('a');
    assertThat(debug.toByteArray()).containsExactly(0xFF);
    assertThat(outputs.failure()).isNull();
    assertThat(outputs.ending()).isNull();
    outputs.debugExit(7);
    assertThat(outputs.ending()).isEqualTo(new Ending.DebugExit(7));
  }

  @Test
  void aSinkThatFailsKeepsTheMachineRunning() {
    OutputStream broken =
        new OutputStream() {
          @Override
          public void write(int value) throws IOException {
            throw new IOException("Broken pipe");
          }
        };
    HostOutputs outputs =
        new HostOutputs(
            Arrays.asList(new ByteSink("standard output", broken), null), null, SerialPeer.NONE);
    for (int i = 0; i < 100_000; i++) {
      outputs.serial(0, i & 0xFF);
    }
    outputs.flush();
    assertThat(outputs.failure()).hasMessage("standard output: broken pipe");
  }

  @Test
  void endingsHaveTheWordsOfTheRecording() {
    assertThat(new Ending.PoweredOff().text()).isEqualTo("powered off");
    assertThat(new Ending.Reset("triple fault").text()).isEqualTo("reset: triple fault");
    assertThat(new Ending.DebugExit(3).text()).isEqualTo("debug exit 3");
    assertThat(new Ending.Interrupted().text()).isEqualTo("interrupted");
    assertThat(new Ending.Until().text()).isEqualTo("until");
    assertThat(new Ending.Quit().text()).isEqualTo("quit");
    assertThat(new Ending.Stuck().text()).isEqualTo("guest stuck");
  }
}
