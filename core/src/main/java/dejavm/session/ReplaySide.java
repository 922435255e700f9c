package dejavm.session;

import dejavm.bus.Outputs;
import dejavm.bus.Paged;
import dejavm.bus.Stateful;
import dejavm.cpu.Attention;
import dejavm.cpu.Cpu;
import dejavm.machine.Execution;
import dejavm.machine.Machine;
import dejavm.record.DivergenceException;
import dejavm.record.RecordingReader;
import dejavm.snapshot.PageTree;
import dejavm.snapshot.StateCodec;
import dejavm.snapshot.StateText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;

/** A side that replays a recording in this process. */
public class ReplaySide implements Side {
  /** Ticks that a side idles before it looks around again. */
  private static final long IDLE = 1 << 20;

  private final String name;
  private final RecordingReader recording;
  private final Setup setup;
  private final StateCodec codec = new StateCodec();
  private final Map<String, PageTree> trees = new LinkedHashMap<>();
  private Replay replay;
  private String failure;
  private boolean off;

  /**
   * @param engine what executes the instructions
   */
  public ReplaySide(String name, RecordingReader recording, Execution.Kind engine) {
    this(name, recording, Execution.by(engine));
  }

  ReplaySide(String name, RecordingReader recording, Execution execution) {
    this.name = name;
    this.recording = recording;
    setup = Setup.of(recording).run(execution);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public final void restart() {
    replay = new Replay(recording, setup, Outputs.NONE);
    failure = "";
    off = false;
    trees.clear();
    replay
        .machine()
        .pages()
        .forEach((component, pages) -> trees.put(component, PageTree.blank(pages)));
    prepare(replay.machine());
  }

  /** What is to be done to a newly built machine; a test may put a fault into it here. */
  protected void prepare(Machine machine) {}

  final Machine machine() {
    return replay.machine();
  }

  /**
   * Goes on to a moment.
   *
   * @throws DivergenceException where the replay notices that it differs
   */
  final void runTo(long now) {
    off = replay.run(now) == Machine.Stop.OFF;
  }

  @Override
  public Place advance(long retired) {
    Machine machine = replay.machine();
    try {
      while (!ended() && machine.retired() < retired) {
        off = replay.run(next(machine, retired)) == Machine.Stop.OFF;
      }
    } catch (DivergenceException e) {
      failure = e.getMessage();
    }
    return place();
  }

  final Place place() {
    Machine machine = replay.machine();
    return new Place(machine.now(), machine.retired(), ended(), failure);
  }

  /**
   * A moment before which no more than so many instructions end: each takes a tick or more. Asleep,
   * none ends before something happens.
   */
  private static long next(Machine machine, long retired) {
    Cpu cpu = machine.processor().cpu();
    long now = machine.now();
    if (cpu.attention == Attention.HALTED) {
      return Math.clamp(cpu.platform.horizon(), now + 1, now + IDLE);
    }
    return now + Math.min(retired - machine.retired(), IDLE);
  }

  private boolean ended() {
    return off || !failure.isEmpty() || replay.machine().now() >= replay.end();
  }

  @Override
  public SequencedMap<String, Long> hashes() {
    SequencedMap<String, Long> hashes = new LinkedHashMap<>();
    replay
        .machine()
        .components()
        .forEach((component, part) -> hashes.put(component, codec.digest(part.state())));
    trees.forEach((component, tree) -> hashes.put(component, tree.update()));
    return hashes;
  }

  @Override
  public SequencedMap<String, String> fields(String component) {
    Stateful<?> part = replay.machine().components().get(component);
    return part == null ? new LinkedHashMap<>() : StateText.fields(part.state());
  }

  @Override
  public long[] pages(String component) {
    PageTree tree = trees.get(component);
    if (tree == null) {
      return new long[0];
    }
    tree.update();
    long[] hashes = new long[replay.machine().pages().get(component).pages()];
    for (int page = 0; page < hashes.length; page++) {
      hashes[page] = tree.leaf(page);
    }
    return hashes;
  }

  @Override
  public byte[] page(String component, int number) {
    byte[] bytes = new byte[Paged.PAGE];
    replay.machine().pages().get(component).readPage(number, bytes);
    return bytes;
  }

  @Override
  public String instruction() {
    Cpu cpu = replay.machine().processor().cpu();
    return new CodeListing(cpu).at(cpu.rip);
  }
}
