package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Input;
import dejavm.cpu.Cpu;
import dejavm.device.system.PostPort;
import dejavm.machine.Execution;
import dejavm.machine.Machine;
import dejavm.record.LogText;
import dejavm.record.RecordingReader;
import dejavm.record.TimedInput;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Where two replays part is found to the instruction, whatever it is that differs. */
class ComparisonTest {
  private static final long UNTIL = 40_000_000;
  private static final long BROKEN = 61_234;

  private static RecordingReader machine;
  private static RecordingReader cpu;

  /** A side of which something breaks as an instruction ends. */
  private static final class Broken extends ReplaySide {
    private final Consumer<Machine> fault;
    private Machine victim;
    private boolean done;

    Broken(RecordingReader recording, Consumer<Machine> fault) {
      super("broken", recording, Execution.Kind.INTERPRET);
      this.fault = fault;
    }

    @Override
    protected void prepare(Machine fresh) {
      victim = fresh;
      done = false;
    }

    @Override
    public Place advance(long retired) {
      if (!done && retired >= BROKEN) {
        super.advance(BROKEN);
        fault.accept(victim);
        done = true;
      }
      return super.advance(retired);
    }
  }

  @BeforeAll
  static void record() {
    List<TimedInput> typed = TimedInputs.typed(5_000_000, 1_000_000, "sum\rtime\r");
    TwoRecordings both = new TwoRecordings(TinyGuest.setup(""), new TimedInputs(typed), "");
    both.run(UNTIL, new Dice(1));
    machine = RecordingReader.scan(both.outer());
    cpu = RecordingReader.scan(both.inner());
  }

  private static Comparison.Result compare(Side right) {
    return compare(right, Comparison.EVERY);
  }

  private static Comparison.Result compare(Side right, long every) {
    return new Comparison(new ReplaySide("good", machine, Execution.Kind.INTERPRET), right, every)
        .run(_ -> {});
  }

  @Test
  void theSameRunIsTheSame() {
    assertThat(compare(new ReplaySide("again", machine, Execution.Kind.INTERPRET)).identical())
        .isTrue();
    Comparison.Result byStep = compare(new ReplaySide("step", machine, Execution.Kind.STEP));
    assertThat(byStep.identical()).isTrue();
    assertThat(byStep.retired()).isEqualTo(machine.end().orElseThrow().retired());
    assertThat(
            compare(new ReplaySide("without devices", cpu, Execution.Kind.INTERPRET)).identical())
        .isTrue();
  }

  @Test
  void anInstructionThatComputesOtherwiseIsNamed() {
    Side there = new ReplaySide("there", machine, Execution.Kind.INTERPRET);
    there.restart();
    there.advance(BROKEN - 1);
    String culprit = there.instruction();
    Comparison.Result result =
        compare(new Broken(machine, m -> m.processor().cpu().r[Cpu.RSI] ^= 4), 64);
    assertThat(result.identical()).isFalse();
    assertThat(result.retired()).isEqualTo(BROKEN - 1);
    assertThat(result.difference().components()).containsExactly("cpu");
    assertThat(result.difference().instructions().getLast()).isEqualTo(culprit);
    assertThat(result.difference().instructions()).hasSize(8);
    assertThat(result.difference().details())
        .singleElement()
        .asString()
        .contains("[6]", "(good)", "(broken)");
  }

  @Test
  void aDeviceThatBehavesOtherwiseIsNamed() {
    Comparison.Result result =
        compare(
            new Broken(
                machine,
                m -> ((PostPort) m.components().get("post")).restore(new PostPort.State(0x77))));
    assertThat(result.retired()).isEqualTo(BROKEN - 1);
    assertThat(result.difference().components()).containsExactly("post");
    assertThat(result.difference().details())
        .singleElement()
        .asString()
        .startsWith("post.code: ")
        .endsWith("0x77 (broken)");
  }

  @Test
  void aByteOfMemoryThatDiffersIsNamed() {
    byte[] one = {1};
    Comparison.Result result =
        compare(new Broken(machine, m -> m.processor().writeRam(0x3F_F123, one, 0, 1)));
    assertThat(result.retired()).isEqualTo(BROKEN - 1);
    assertThat(result.difference().components()).containsExactly("ram");
    assertThat(result.difference().details().getFirst()).startsWith("ram 0x3ff123: 00");
  }

  @Test
  void anInputThatIsAnotherShowsWhereItEnters() {
    List<TimedInput> typed =
        new ArrayList<>(TimedInputs.typed(5_000_000, 1_000_000, "sum\rtime\r"));
    TimedInput changed = typed.get(4);
    typed.set(4, new TimedInput(changed.now(), new Input.SerialBytes(0, new byte[] {'x'})));
    TwoRecordings other = new TwoRecordings(TinyGuest.setup(""), new TimedInputs(typed), "");
    other.run(UNTIL, new Dice(1));
    RecordingReader second = RecordingReader.scan(other.outer());
    Comparison.Result result = compare(new ReplaySide("other", second, Execution.Kind.INTERPRET));
    assertThat(result.identical()).isFalse();
    assertThat(result.now()).isBetween(changed.now() - 1_000_000, changed.now() + 1_000_000);
    assertThat(result.difference().components()).contains("com1");
    assertThat(LogText.around(machine, result.now(), 1, 1))
        .isNotEqualTo(LogText.around(second, result.now(), 1, 1));
  }

  @Test
  void aReplayThatNoticesItselfIsReportedAsSuch() {
    Comparison.Result result =
        new Comparison(
                new ReplaySide("good", cpu, Execution.Kind.INTERPRET),
                new Broken(cpu, m -> m.processor().cpu().nowBase += 3),
                Comparison.EVERY)
            .run(_ -> {});
    assertThat(result.identical()).isFalse();
    assertThat(result.retired()).isEqualTo(BROKEN - 1);
    assertThat(result.difference().details()).isNotEmpty();
  }
}
