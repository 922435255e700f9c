package dejavm;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Nucleus;
import dejavm.bus.Paged;
import dejavm.bus.Platform;
import dejavm.bus.Stateful;
import dejavm.machine.InitialMemory;
import dejavm.machine.Machine;
import dejavm.machine.MachineConfig;
import dejavm.machine.Processor;
import dejavm.record.Boundary;
import dejavm.record.CallFigures;
import dejavm.record.CallLog;
import dejavm.record.LogSink;
import dejavm.record.LogSource;
import dejavm.record.NucleusRecorder;
import dejavm.record.PlatformRecorder;
import dejavm.record.PlatformReplayer;
import dejavm.record.RecordingHeader;
import dejavm.record.RecordingReader;
import dejavm.record.RecordingWriter;
import dejavm.snapshot.StateCodec;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A stretch of a test machine's run, recorded at the cpu boundary, and replayed from the state that
 * it began with, without the test that stood for the board.
 */
final class ReplayedStretch {
  private static final class Log implements LogSink, LogSource {
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();
    private byte[] bytes;

    @Override
    public void append(byte[] from, int offset, int length) {
      written.write(from, offset, length);
    }

    @Override
    public void flush() {
      bytes = written.toByteArray();
    }

    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public void read(long position, byte[] into, int offset, int length) {
      System.arraycopy(bytes, (int) position, into, offset, length);
    }
  }

  private final MachineConfig config;
  private final Machine machine;
  private final Map<String, Record> states = new LinkedHashMap<>();
  private final TreeMap<Integer, byte[]> ram = new TreeMap<>();
  private final Log log = new Log();
  private final RecordingWriter writer;
  private final CallLog calls;

  /** Begins now. */
  ReplayedStretch(MachineConfig config, Machine machine) {
    this.config = config;
    this.machine = machine;
    // what the test mapped since the last stretch, and would be in force at its first instruction
    machine.processor().cpu().mmu.applyChanges();
    machine.components().forEach((name, component) -> states.put(name, component.state()));
    Paged pages = machine.processor().ram();
    for (int page = 0; page < pages.pages(); page++) {
      byte[] bytes = new byte[Paged.PAGE];
      pages.readPage(page, bytes);
      ram.put(page, bytes);
    }
    writer =
        new RecordingWriter(
            log,
            new RecordingHeader(1, Boundary.CPU, config.pairs(), List.of(), ""),
            Runnable::run);
    calls = new CallLog(writer, true);
  }

  Platform outward(Platform board) {
    return new PlatformRecorder(board, calls);
  }

  Nucleus inward(Nucleus nucleus) {
    return new NucleusRecorder(nucleus, calls);
  }

  /**
   * Ends now: the replay, in other slices and with another translation cache, comes to the same.
   * Where nothing crossed the boundary there is nothing to replay.
   */
  void check(int tlbEntries) {
    writer.close(machine.now(), machine.retired(), "");
    RecordingReader reader = RecordingReader.open(log);
    CallFigures crossed = reader.calls();
    if (crossed.calls() + crossed.signals() + crossed.ramWrites() + crossed.maps() == 0) {
      return;
    }
    Processor processor =
        new Processor(
            config,
            new InitialMemory(ram, new byte[0]),
            Engines.with(tlbEntries),
            nucleus -> new PlatformReplayer(reader, nucleus));
    Machine replay = new Machine(processor);
    states.forEach((name, state) -> put(replay.components().get(name), state));
    replay.restored();
    long slice = 1 + (machine.now() - replay.now()) / 3;
    while (replay.now() < machine.now()
        && replay.run(Math.min(machine.now(), replay.now() + slice)) == Machine.Stop.UNTIL) {
      assertThat(replay.now()).isLessThanOrEqualTo(machine.now());
    }
    assertThat(replay.now()).isEqualTo(machine.now());
    StateCodec codec = new StateCodec();
    machine
        .components()
        .forEach((name, component) ->
            assertThat(codec.encode(replay.components().get(name).state()))
                .as("%s, replayed up to %d", name, machine.now())
                .isEqualTo(codec.encode(component.state())));
    assertSame(processor.ram(), machine.processor().ram());
  }

  private <S extends Record> void put(Stateful<S> target, Record state) {
    @SuppressWarnings("unchecked")
    S same = (S) state;
    target.restore(same);
  }

  private static void assertSame(Paged replayed, Paged recorded) {
    byte[] mine = new byte[Paged.PAGE];
    byte[] wanted = new byte[Paged.PAGE];
    for (int page = 0; page < recorded.pages(); page++) {
      replayed.readPage(page, mine);
      recorded.readPage(page, wanted);
      assertThat(Arrays.mismatch(mine, wanted)).as("ram, replayed, page %x", page).isEqualTo(-1);
    }
  }
}
