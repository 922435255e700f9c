package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.bus.Outputs;
import dejavm.record.End;
import dejavm.record.Frame;
import dejavm.record.FrameKind;
import dejavm.record.RecordingException;
import dejavm.record.RecordingReader;
import dejavm.record.TimedInput;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The real board with the embedded guest, recorded at both boundaries in one run: both recordings
 * are the same run, and the one at the machine boundary turns into the other.
 */
class BothBoundariesTest {
  private static final long UNTIL = 60_000_000;

  private static TwoRecordings recorded(String commandLine, long seed) {
    Dice dice = new Dice(seed);
    TimedInputs inputs = new TimedInputs(TimedInputs.random(dice, UNTIL - 5_000_000));
    Setup setup = TinyGuest.setup(commandLine, !dice.oneIn(4));
    return new TwoRecordings(setup, inputs, "seed " + seed).run(UNTIL, dice);
  }

  @ParameterizedTest
  @CsvSource({"'',0,6", "job=demo,100,4", "root=none job=demo quiet,200,2"})
  void bothAreTheSameRun(String commandLine, long first, int seeds) {
    for (long seed = first; seed < first + seeds; seed++) {
      recorded(commandLine, seed).assertSameRun(seed);
    }
  }

  /** Neither recorder is seen by the guest: a run without them, in one piece, comes to the same. */
  @Test
  void theRecordersAreNotSeen() {
    Setup setup = TinyGuest.setup("");
    List<TimedInput> typed = TimedInputs.typed(5_000_000, 300_001, "sum\rrandom\r");
    Live live = new Live(setup, new TimedInputs(typed), Outputs.NONE);
    live.run(UNTIL);
    // slices only: a moment that was hashed or flushed holds back an input that comes at it
    Recording recording = new TwoRecordings(setup, new TimedInputs(typed), "").recording();
    Dice dice = new Dice(4);
    while (recording.machine().now() < UNTIL) {
      recording.run(Math.min(UNTIL, recording.machine().now() + 1 + dice.below(200_000)));
    }
    recording.close("until");
    TwoRecordings.assertSameEnd(recording.machine(), live.machine());
    assertThat(String.join("\n", live.machine().processor().video().text())).contains("random ");
  }

  @Test
  void theWayBackIsRefused() {
    RecordingReader atCpu = RecordingReader.scan(recorded("job=demo", 7).inner());
    assertThatThrownBy(() -> new Conversion(atCpu, new Bytes(), Runnable::run))
        .isInstanceOf(RecordingException.class)
        .hasMessageStartingWith("made at the cpu boundary already: ")
        .hasMessageContaining(Conversion.ONE_WAY);
  }

  /** What a killed recorder left behind is converted as far as it is valid. */
  @Test
  void aCutRecordingIsConvertedUpToItsLastFrame() {
    byte[] whole = recorded("", 3).outer().bytes();
    List<Frame> frames = RecordingReader.scan(new Bytes(whole)).frames();
    Dice dice = new Dice(1);
    int converted = 0;
    for (Frame frame : frames) {
      if (frame.kind() != FrameKind.EVENTS && frame.kind() != FrameKind.DIGEST) {
        continue;
      }
      int length = (int) frame.position() + frame.length() + dice.below(20);
      RecordingReader cut = RecordingReader.scan(new Bytes(Arrays.copyOf(whole, length)));
      assertThat(cut.complete()).isFalse();
      RecordingReader made = RecordingReader.scan(TwoRecordings.converted(cut));
      assertThat(made.complete()).isTrue();
      assertThat(made.end().map(End::outcome))
          .contains("converted from a recording that was not ended");
      assertThat(made.lastNow()).isGreaterThanOrEqualTo(cut.lastNow());
      TwoRecordings.assertSameDigests(cut, made);
      TwoRecordings.assertVerified(made, converted);
      converted++;
    }
    assertThat(converted).isGreaterThan(10);
  }
}
