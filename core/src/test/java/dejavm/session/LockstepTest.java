package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dejavm.cpu.Cpu;
import dejavm.cpu.translate.Translator;
import dejavm.machine.Execution;
import dejavm.machine.Machine;
import dejavm.memory.PhysicalMemory;
import dejavm.record.RecordingReader;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Translated code beside the interpreter, block by block. */
class LockstepTest {
  private static final long UNTIL = 40_000_000;

  /** The block after which something breaks. */
  private static final int BROKEN = 5_000;

  private static RecordingReader machine;
  private static RecordingReader cpu;

  @BeforeAll
  static void record() {
    assumeTrue(Translator.isSupported(), "translated code is for x86-64 Linux");
    TwoRecordings both =
        new TwoRecordings(
            TinyGuest.setup(""),
            new TimedInputs(TimedInputs.typed(5_000_000, 1_000_000, "sum\rtime\r")),
            "");
    both.run(UNTIL, new Dice(1));
    machine = RecordingReader.scan(both.outer());
    cpu = RecordingReader.scan(both.inner());
  }

  @Test
  void aRunIsTheSameAfterEachBlock() {
    for (RecordingReader recording : List.of(machine, cpu)) {
      for (Execution.Kind other : List.of(Execution.Kind.INTERPRET, Execution.Kind.STEP)) {
        Lockstep lockstep = new Lockstep(recording, other);
        Comparison.Result result = lockstep.run(_ -> {});
        assertThat(result.difference()).isNull();
        assertThat(result.retired()).isEqualTo(recording.end().orElseThrow().retired());
        assertThat(lockstep.blocks()).isGreaterThan(result.retired() / 20);
      }
    }
  }

  /** Breaks something once, as soon as it can be done after some blocks. */
  private static final class Fault implements Consumer<Machine> {
    private final Consumer<Machine> what;
    private int blocks;
    private long stack;
    private long broken;

    Fault(Consumer<Machine> what) {
      this.what = what;
    }

    @Override
    public void accept(Machine victim) {
      Cpu its = victim.processor().cpu();
      boolean pushed = its.r[Cpu.RSP] < stack;
      stack = its.r[Cpu.RSP];
      if (++blocks >= BROKEN && broken == 0 && pushed) {
        what.accept(victim);
        broken = its.retired();
      }
    }
  }

  @Test
  void aRegisterThatDiffersIsFoundAfterTheBlock() {
    Fault fault = new Fault(m -> m.processor().cpu().r[Cpu.RSI] ^= 4);
    Comparison.Result result = new Lockstep(machine, Execution.Kind.INTERPRET, fault).run(_ -> {});
    Comparison.Difference difference = result.difference();
    assertThat(difference.components()).containsExactly("cpu");
    assertThat(difference.details()).singleElement().asString().contains("[6]");
    assertThat(result.retired() + difference.instructions().size()).isEqualTo(fault.broken);
  }

  @Test
  void aByteThatWasStoredOtherwiseIsFoundAfterTheBlock() {
    Fault fault = new Fault(m -> flip(m, m.processor().cpu().r[Cpu.RSP]));
    Comparison.Result result = new Lockstep(machine, Execution.Kind.INTERPRET, fault).run(_ -> {});
    assertThat(result.difference().components()).containsExactly("ram");
    assertThat(result.retired() + result.difference().instructions().size())
        .isEqualTo(fault.broken);
  }

  @Test
  void aByteThatOnlyTranslatedCodeStoredIsFoundLater() {
    Fault fault = new Fault(m -> m.processor().writeRam(0x3F_F123, new byte[] {1}, 0, 1));
    Comparison.Result result = new Lockstep(machine, Execution.Kind.INTERPRET, fault).run(_ -> {});
    assertThat(result.difference().components()).containsExactly("ram");
    assertThat(result.difference().details().getFirst()).startsWith("ram 0x3ff123: 01");
    assertThat(result.retired()).isBetween(fault.broken, fault.broken + (1 << 20) + 1000);
  }

  private static void flip(Machine machine, long linear) {
    PhysicalMemory memory = machine.processor().memory();
    byte[] one = new byte[1];
    memory.read(memory.offset(linear), one, 0, 1);
    one[0] ^= 1;
    machine.processor().writeRam(linear, one, 0, 1);
  }
}
