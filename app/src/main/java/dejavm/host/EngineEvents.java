package dejavm.host;

import dejavm.machine.Machine;
import java.util.Map;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import jdk.jfr.FlightRecorderListener;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Period;
import jdk.jfr.StackTrace;

/**
 * What the engine has done up to now, as an event of the JDK's flight recorder once a second and at
 * the end. Nothing happens, and nothing is loaded, unless a flight is recorded.
 *
 * <p>The counts are read by another thread than the one that counts: each is that of some moment.
 */
public final class EngineEvents implements AutoCloseable {
  /** The event. Counts are totals since the machine was made. */
  @Name("dejavm.Engine")
  @Label("Engine")
  @Category("DejaVM")
  @Description("What the engine has executed and translated, and why translated code was left")
  @Period("1 s")
  @StackTrace(false)
  static final class Engine extends Event {
    @Label("Instructions")
    long instructions;

    @Label("Executed by Translated Code")
    long executedTranslated;

    @Label("Executed One by One")
    long executedOneByOne;

    @Label("Blocks Translated")
    long blocks;

    @Label("Instructions Translated")
    long instructionsTranslated;

    @Label("Ways Into Translated Code")
    long entries;

    @Label("TLB Misses")
    long tlbMisses;

    @Label("Jumps Patched")
    long jumpsPatched;

    @Label("Jumps Looked Up")
    long jumpsLookedUp;

    @Label("Jump Caches Emptied")
    long jumpCachesEmptied;

    @Label("Pages of Code Dropped")
    long pagesDropped;

    @Label("Code Memory Full")
    long codeMemoryFull;

    @Label("Code Memory")
    @DataAmount
    long codeMemoryBytes;
  }

  private final Machine machine;
  private final Runnable hook = this::emit;
  private final FlightRecorderListener listener =
      new FlightRecorderListener() {
        @Override
        public void recorderInitialized(FlightRecorder recorder) {
          FlightRecorder.addPeriodicEvent(Engine.class, hook);
        }
      };

  /** Tells of a machine from now on. */
  public EngineEvents(Machine machine) {
    this.machine = machine;
    if (FlightRecorder.isAvailable()) {
      FlightRecorder.addListener(listener);
    }
  }

  private void emit() {
    Engine event = new Engine();
    event.instructions = machine.retired();
    machine
        .processor()
        .translator()
        .ifPresent(translator -> {
          Map<String, Long> figures = translator.statistics().figures();
          event.executedTranslated = figures.get("executed_translated");
          event.executedOneByOne = figures.get("executed_one_by_one");
          event.blocks = figures.get("blocks");
          event.instructionsTranslated = figures.get("instructions_translated");
          event.entries = figures.get("entries");
          event.tlbMisses = figures.get("tlb_misses");
          event.jumpsPatched = figures.get("jumps_patched");
          event.jumpsLookedUp = figures.get("jumps_looked_up");
          event.jumpCachesEmptied = figures.get("jump_caches_emptied");
          event.pagesDropped = figures.get("pages_dropped");
          event.codeMemoryFull = figures.get("code_memory_full");
          event.codeMemoryBytes = figures.get("code_memory_bytes");
        });
    event.commit();
  }

  @Override
  public void close() {
    if (FlightRecorder.isAvailable()) {
      FlightRecorder.removeListener(listener);
      if (FlightRecorder.isInitialized()) {
        FlightRecorder.removePeriodicEvent(hook);
        emit();
      }
    }
  }
}
