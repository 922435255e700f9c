package dejavm.session;

import dejavm.cpu.Cpu;
import dejavm.cpu.X87;
import dejavm.machine.Execution;
import dejavm.machine.Machine;
import dejavm.memory.PhysicalMemory;
import dejavm.record.DivergenceException;
import dejavm.record.RecordingReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.LongConsumer;

/**
 * Replays a recording on translated code and, block by block, by another engine: after each block
 * registers, flags, instruction pointer and both counters are compared, and what the other engine
 * wrote to memory; now and then all state and all memory, so that what only translated code wrote
 * is found as well. It takes one pass.
 */
public final class Lockstep {
  /** Instructions between two comparisons of everything. */
  private static final long ALL = 1 << 20;

  private final Translated left;
  private final Written right;
  private final Differences differences;
  private final Consumer<Machine> fault;
  private long blocks;

  /** After the last block that was the same. */
  private long goodNow;

  private long goodRetired;
  private long goodRip;

  /** The two are no longer the same. */
  private static final class Parted extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String reason;

    Parted(String reason) {
      super(reason, null, false, false);
      this.reason = reason;
    }
  }

  /** The side that stops after each block. */
  private final class Translated extends ReplaySide {
    Translated(RecordingReader recording) {
      super(
          "engine translate",
          recording,
          new Execution(Execution.Kind.TRANSLATE, Execution.TLB_ENTRIES));
    }

    @Override
    protected void prepare(Machine machine) {
      machine.processor().translator().orElseThrow().afterEachBlock(Lockstep.this::follow);
    }
  }

  /** The side that notes what it writes. */
  private static final class Written extends ReplaySide {
    private long[] places = new long[64];
    private int count;

    Written(RecordingReader recording, Execution.Kind engine) {
      super(
          "engine " + engine.name().toLowerCase(Locale.ROOT),
          recording,
          new Execution(engine, Execution.TLB_ENTRIES));
    }

    @Override
    protected void prepare(Machine machine) {
      count = 0;
      machine.processor().memory().listener(this::note);
    }

    private void note(long offset, int length) {
      if (count == places.length) {
        places = Arrays.copyOf(places, 2 * count);
      }
      places[count++] = offset << 13 | length;
    }

    /** Whether another machine has the same bytes wherever this one wrote; then forgets where. */
    boolean same(Machine other) {
      PhysicalMemory mine = machine().processor().memory();
      PhysicalMemory its = other.processor().memory();
      boolean same = true;
      for (int i = 0; i < count && same; i++) {
        same = mine.sameBytes(its, places[i] >>> 13, (int) places[i] & 0x1FFF);
      }
      count = 0;
      return same;
    }
  }

  /**
   * @param engine the other one
   */
  public Lockstep(RecordingReader recording, Execution.Kind engine) {
    this(recording, engine, _ -> {});
  }

  /**
   * @param fault done to the side on translated code after each block: for tests
   */
  Lockstep(RecordingReader recording, Execution.Kind engine, Consumer<Machine> fault) {
    this.fault = fault;
    left = new Translated(recording);
    right = new Written(recording, engine);
    differences = new Differences(left, right);
  }

  /** The side on translated code. */
  public Side left() {
    return left;
  }

  public Side right() {
    return right;
  }

  /** Blocks after which the two were compared. */
  public long blocks() {
    return blocks;
  }

  /**
   * Compares.
   *
   * @param progress is told how many instructions were compared, now and then
   */
  public Comparison.Result run(LongConsumer progress) {
    left.restart();
    right.restart();
    remember();
    try {
      while (true) {
        Side.Place place = left.advance(goodRetired + ALL);
        right.runTo(place.now());
        Side.Place other = right.place();
        List<String> components = differences.components();
        if (!place.equals(other) || !place.failure().isEmpty() || !components.isEmpty()) {
          return parted(place.failure() + other.failure(), components);
        }
        right.same(left.machine());
        remember();
        progress.accept(goodRetired);
        if (place.ended()) {
          return new Comparison.Result(place.retired(), place.now(), null);
        }
      }
    } catch (DivergenceException e) {
      return parted(e.getMessage(), List.of());
    } catch (Parted parted) {
      List<String> components = differences.components();
      components.retainAll(Machine.NUCLEUS);
      return parted(parted.reason, components);
    }
  }

  private void remember() {
    Cpu cpu = left.machine().processor().cpu();
    goodNow = cpu.now();
    goodRetired = cpu.retired();
    goodRip = cpu.rip;
  }

  /** After a block of the one: has the other one come there as well, and compares. */
  private void follow() {
    Cpu a = left.machine().processor().cpu();
    Cpu b = right.machine().processor().cpu();
    blocks++;
    fault.accept(left.machine());
    try {
      right.runTo(a.now());
    } catch (DivergenceException e) {
      throw new Parted(e.getMessage());
    }
    if (!sameRegisters(a, b) || !right.same(left.machine())) {
      throw new Parted("");
    }
    remember();
  }

  private static boolean sameRegisters(Cpu a, Cpu b) {
    return a.rip == b.rip
        && a.now() == b.now()
        && a.retired() == b.retired()
        && Arrays.equals(a.r, 0, 16, b.r, 0, 16)
        && a.flags() == b.flags()
        && a.mxcsr == b.mxcsr
        && Arrays.equals(a.xmm, b.xmm)
        && Arrays.equals(a.selector, b.selector)
        && Arrays.equals(a.base, b.base)
        && a.cr0 == b.cr0
        && a.cr2 == b.cr2
        && a.cr3 == b.cr3
        && same(a.x87, b.x87);
  }

  private static boolean same(X87 a, X87 b) {
    return a.status == b.status
        && a.control == b.control
        && a.top == b.top
        && a.empty == b.empty
        && a.instructionOffset == b.instructionOffset
        && a.dataOffset == b.dataOffset
        && Arrays.equals(a.significand, 0, 8, b.significand, 0, 8)
        && Arrays.equals(a.signExponent, 0, 8, b.signExponent, 0, 8);
  }

  private Comparison.Result parted(String reason, List<String> components) {
    Cpu cpu = left.machine().processor().cpu();
    List<String> details = new ArrayList<>();
    if (!reason.isEmpty()) {
      details.add(reason);
    }
    details.addAll(differences.details(components));
    return new Comparison.Result(
        goodRetired,
        goodNow,
        new Comparison.Difference(
            goodRetired,
            goodNow,
            new CodeListing(cpu).from(goodRip, Math.clamp(cpu.retired() - goodRetired, 1, 64)),
            List.of(left.instruction(), right.instruction()),
            components,
            details));
  }
}
