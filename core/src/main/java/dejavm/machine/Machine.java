package dejavm.machine;

import dejavm.bus.Paged;
import dejavm.bus.Stateful;
import dejavm.cpu.Cpu;
import dejavm.cpu.Engine;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** A processor and what it is plugged into, and the loop that drives them. */
public final class Machine {
  /** Why {@link #run} returned. */
  public enum Stop {
    /** The moment asked for is reached. */
    UNTIL,
    /** Power is off. */
    OFF
  }

  /** What is inside the cpu boundary, by name. */
  public static final List<String> NUCLEUS = List.of("cpu", "map", "video", "ram", "video-memory");

  private final Processor processor;
  private final Runnable restored;
  private final SequencedMap<String, Stateful<?>> components = new LinkedHashMap<>();
  private final SequencedMap<String, Paged> pages = new LinkedHashMap<>();

  /** A machine without a board: whatever its platform is stands for one. */
  public Machine(Processor processor) {
    this(processor, new LinkedHashMap<>(), () -> {});
  }

  /** A machine with a board. */
  public Machine(Processor processor, Board board) {
    this(processor, board.components(), board::restored);
    pages.putAll(board.pages());
  }

  /**
   * @param board the components outside the cpu boundary; none where a replay needs no board
   * @param restored what the board derives from its state once all of it was restored
   */
  public Machine(Processor processor, SequencedMap<String, Stateful<?>> board, Runnable restored) {
    this.processor = processor;
    this.restored = restored;
    components.put("cpu", processor.cpu());
    components.put("map", processor.addresses());
    components.put("video", processor.video());
    components.putAll(board);
    pages.put("ram", processor.ram());
    pages.put("video-memory", processor.video().ram());
  }

  public Processor processor() {
    return processor;
  }

  /** All components but the paged ones, by name, in a fixed order. */
  public SequencedMap<String, Stateful<?>> components() {
    return components;
  }

  /** The bulk state, by name: RAM, video RAM, what was written to disks. */
  public SequencedMap<String, Paged> pages() {
    return pages;
  }

  /** Ticks since power-on. */
  public long now() {
    return processor.cpu().now();
  }

  public long retired() {
    return processor.cpu().retired();
  }

  /**
   * Runs until {@code now() >= until} or power is off, and lets all happen that is due by then. The
   * guest cannot tell how often this was called.
   */
  public Stop run(long until) {
    return run(until, until);
  }

  /**
   * The same, but it may stop from {@code enough} on, wherever that is cheapest.
   *
   * @param enough at most {@code until}
   */
  public Stop run(long enough, long until) {
    Cpu cpu = processor.cpu();
    Engine engine = processor.engine();
    settle();
    while (cpu.now() < enough) {
      long limit = Math.min(until, cpu.platform.horizon());
      switch (engine.run(cpu, enough, limit)) {
        case OFF -> {
          settle();
          return Stop.OFF;
        }
        case HALTED -> cpu.nowBase = cpu.platform.idle(cpu.now(), until);
        case UNTIL -> {}
      }
      settle();
    }
    return cpu.activity == Cpu.Activity.OFF ? Stop.OFF : Stop.UNTIL;
  }

  /**
   * After components and pages were restored: forgets all that was derived from what was before.
   */
  public void restored() {
    restored.run();
    processor.engine().forget();
    processor.cpu().mmu.flush();
  }

  /** Lets all happen that is due now. */
  private void settle() {
    Cpu cpu = processor.cpu();
    cpu.platform.advance(cpu.now());
    cpu.mmu.applyChanges();
  }
}
