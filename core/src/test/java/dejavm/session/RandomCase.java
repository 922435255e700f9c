package dejavm.session;

import dejavm.bus.Inputs;
import dejavm.bus.Nucleus;
import dejavm.bus.Platform;
import dejavm.bus.Stateful;
import dejavm.cpu.CostTable;
import dejavm.cpu.CpuFeature;
import dejavm.cpu.CpuModel;
import dejavm.machine.Execution;
import dejavm.machine.Machine;
import dejavm.machine.MachineConfig;
import dejavm.machine.Processor;
import dejavm.record.Boundary;
import dejavm.record.CallLog;
import dejavm.record.DigestPoint;
import dejavm.record.InputGate;
import dejavm.record.InputRecorder;
import dejavm.record.NucleusRecorder;
import dejavm.record.PlatformRecorder;
import dejavm.record.RecordingHeader;
import dejavm.record.RecordingReader;
import dejavm.record.RecordingWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** A random program on a random board: how to build it, and how to record it at both boundaries. */
final class RandomCase {
  /** A run, recorded twice. */
  record Recorded(
      RecordingReader machine, RecordingReader cpu, long now, long retired, int resets) {}

  private static final long FREQUENCY = 100_000_000;

  /**
   * A Pentium III, with the CPUID bit of a local APIC: so it has MSRs that the board answers for.
   */
  private static final CpuModel MODEL =
      CpuModel.PENTIUM3
          .without(CpuFeature.VME, CpuFeature.DE, CpuFeature.MMX, CpuFeature.SSE)
          .with(CpuFeature.APIC)
          .at(170_000_001);

  private final long seed;
  private final RandomProgram program;
  private final MachineConfig config;

  RandomCase(long seed) {
    this.seed = seed;
    program = new RandomProgram(seed);
    Dice dice = new Dice(seed + 5);
    CostTable costs = new CostTable(1 + dice.below(9), dice.below(9));
    config = new MachineConfig(1 << 20, FREQUENCY, costs, MODEL, 1, 0, true, false, 0);
  }

  Processor processor(Execution execution, Function<Nucleus, Platform> platform) {
    return new Processor(config, program.memory(), execution, platform);
  }

  /** A machine with the board; the board's nucleus and the CPU's platform can be wrapped. */
  Machine machine(
      Inputs inputs,
      Execution execution,
      UnaryOperator<Nucleus> inward,
      UnaryOperator<Platform> outward) {
    RandomBoard[] board = new RandomBoard[1];
    Processor processor =
        processor(
            execution,
            nucleus -> {
              board[0] = new RandomBoard(program, inward.apply(nucleus), inputs, seed, FREQUENCY);
              return outward.apply(board[0]);
            });
    return new Machine(processor, board[0].components(), () -> {});
  }

  private static RecordingWriter writer(Bytes bytes, Boundary boundary) {
    SequencedMap<String, String> none = new LinkedHashMap<>();
    return new RecordingWriter(
        bytes, new RecordingHeader(1, boundary, none, List.of(), ""), Runnable::run);
  }

  Recorded record(long until) {
    Bytes outer = new Bytes();
    Bytes inner = new Bytes();
    RecordingWriter events = writer(outer, Boundary.MACHINE);
    RecordingWriter calls = writer(inner, Boundary.CPU);
    Dice dice = new Dice(seed + 77);
    CallLog log = new CallLog(calls, dice.oneIn(2));
    Inputs inputs = new InputRecorder(new InputGate(new RandomInputs(seed), calls), events);
    Machine machine =
        machine(
            inputs,
            new Execution(Execution.Kind.INTERPRET, 1 << dice.below(11)),
            nucleus -> new NucleusRecorder(nucleus, log),
            board -> new PlatformRecorder(board, log));
    Digests digests = new Digests(machine);
    long spacing = until / 6;
    while (machine.now() < until) {
      machine.run(machine.now() + 1 + dice.below((int) spacing));
      switch (dice.below(4)) {
        case 0 -> events.flush(machine.now());
        case 1 -> calls.flush(machine.now());
        default -> digest(digests, events, calls);
      }
    }
    digest(digests, events, calls);
    events.close(machine.now(), machine.retired(), "");
    calls.close(machine.now(), machine.retired(), "");
    Stateful<?> board = machine.components().get("board");
    return new Recorded(
        RecordingReader.open(outer),
        RecordingReader.open(inner),
        machine.now(),
        machine.retired(),
        ((RandomBoard) board).resets());
  }

  private static void digest(Digests digests, RecordingWriter events, RecordingWriter calls) {
    DigestPoint all = digests.all();
    events.digest(all);
    calls.digest(Digests.insideNucleus(all));
  }
}
