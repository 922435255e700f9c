package dejavm.device.irq;

import dejavm.bus.Line;
import dejavm.bus.Mapped;
import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import java.util.function.IntConsumer;
import java.util.function.IntSupplier;

/**
 * The local APIC of a processor: takes interrupts from the IOAPIC, from its own timer and pins and
 * from itself, and hands the processor the most urgent that the task priority lets pass.
 *
 * <p>After a reset LINT0 already passes on the 8259s' output, as firmware would have it, though the
 * APIC is not enabled by software; and while it is disabled altogether, by IA32_APIC_BASE, that
 * output is the processor's own INTR pin. A level-triggered interrupt is told to the IOAPIC when
 * software ends it. Registers are 32 bits wide and 16 bytes apart.
 *
 * <p>There is one processor, so an interrupt for others goes nowhere, and what is for the lowest
 * priority is for this one. Source: SDM volume 3, chapter 10; register addresses in table 10-1.
 */
public final class LocalApic implements Mapped, Stateful<LocalApic.State> {
  /**
   * The APIC.
   *
   * @param base IA32_APIC_BASE
   * @param local the local vector table
   * @param asking the level of the processor's INTR
   * @param levels of LINT0 and LINT1
   * @param errors that were not yet latched into {@code status}
   */
  public record State(
      long base,
      boolean asking,
      int id,
      int priority,
      int logical,
      int format,
      int spurious,
      int errors,
      int status,
      int command,
      int destination,
      int[] local,
      boolean[] levels,
      VectorSet.State requested,
      VectorSet.State served,
      VectorSet.State level,
      ApicTimer.State timer) {}

  /** Where it can do more than set a bit of a register of its own. */
  public interface Outside {
    void nmi();

    void smi();

    void init();
  }

  /** IA32_APIC_BASE after a reset: enabled, of the boot processor, at its usual address. */
  private static final long BASE_RESET = 0xFEE0_0900L;

  private static final long BASE_ENABLED = 0x800;
  private static final long BASE_BOOT = 0x100;
  private static final int PAGE = 4096;

  /** Version 14h, with the last entry of the local vector table having number 5. */
  private static final int VERSION = 0x0005_0014;

  private static final int ENABLED = 0x100;
  private static final int MASKED = 0x1_0000;
  private static final int PERIODIC = 0x2_0000;

  // The local vector table.
  private static final int TIMER = 0;
  private static final int LINT0 = 3;
  private static final int ERROR = 5;

  /** The bits of its entries that can be written. */
  private static final int[] LOCAL_BITS = {
    0x3_00FF, 0x1_07FF, 0x1_07FF, 0x1_A7FF, 0x1_A7FF, 0x1_00FF
  };

  // Delivery modes.
  private static final int FIXED = 0;
  private static final int LOWEST = 1;
  private static final int SMI = 2;
  private static final int NMI = 4;
  private static final int INIT = 5;
  private static final int EXTERNAL = 7;

  private static final int ILLEGAL_SENT = 0x20;
  private static final int ILLEGAL_RECEIVED = 0x40;
  private static final int ILLEGAL_REGISTER = 0x80;
  private static final int FIRST_LEGAL = 16;

  private final Line intr;
  private final Outside outside;
  private final IntConsumer priorityChanged;
  private final IntSupplier external;
  private final IntConsumer ended;
  private final ApicTimer timer;
  private final VectorSet requested = new VectorSet();
  private final VectorSet served = new VectorSet();
  private final VectorSet level = new VectorSet();
  private final int[] local = new int[6];
  private final boolean[] levels = new boolean[2];
  private long base;
  private boolean asking;
  private int id;
  private int priority;
  private int logical;
  private int format;
  private int spurious;
  private int errors;
  private int status;
  private int command;
  private int destination;

  /**
   * An APIC after power-on.
   *
   * @param intr the processor's interrupt request
   * @param priorityChanged is told the task priority when it was not the processor that set it
   * @param external the 8259s' acknowledge cycle: gives a vector
   * @param ended is told the vector of a level-triggered interrupt that ended
   */
  public LocalApic(
      Scheduler scheduler,
      Line intr,
      Outside outside,
      IntConsumer priorityChanged,
      IntSupplier external,
      IntConsumer ended) {
    this.intr = intr;
    this.outside = outside;
    this.priorityChanged = priorityChanged;
    this.external = external;
    this.ended = ended;
    timer = new ApicTimer(scheduler, () -> local(TIMER));
    clear();
  }

  public void reset() {
    clear();
    timer.reset();
    update();
  }

  /** The identity and the address stay with an INIT. */
  private void clear() {
    base = BASE_RESET;
    id = 0;
    initialize();
  }

  private void initialize() {
    priority = 0;
    logical = 0;
    format = -1;
    spurious = 0xFF;
    errors = 0;
    status = 0;
    command = 0;
    destination = 0;
    for (int i = 0; i < local.length; i++) {
      local[i] = MASKED;
    }
    local[LINT0] = EXTERNAL << 8;
    requested.clear();
    served.clear();
    level.clear();
  }

  // ---- as the processor sees it ----

  /** Whether a physical address is one of its registers at present. */
  public boolean answers(long address) {
    return enabled() && address - (base & -PAGE) >= 0 && address - (base & -PAGE) < PAGE;
  }

  /** A register by its physical address, for which it {@link #answers}. */
  public int offset(long address) {
    return (int) (address & PAGE - 1);
  }

  /** IA32_APIC_BASE. */
  public long base() {
    return base;
  }

  /** A write to IA32_APIC_BASE. Disabling it is a reset of all but the identity. */
  public void base(long value) {
    boolean was = enabled();
    base = value & ~BASE_BOOT | BASE_BOOT;
    if (was && !enabled()) {
      initialize();
      timer.reset();
      priorityChanged.accept(0);
    }
    update();
  }

  private boolean enabled() {
    return (base & BASE_ENABLED) != 0;
  }

  /** Whether software has it take interrupts of its own, beside those of the 8259s. */
  public boolean takesInterrupts() {
    return enabled() && (spurious & ENABLED) != 0;
  }

  /** The processor's CR8 was written: the high four bits of the task priority. */
  public void priority(int value) {
    priority = value << 4;
    update();
  }

  /** The acknowledge cycle: the vector of the most urgent interrupt. */
  public int acknowledge() {
    int vector = deliverable();
    if (vector >= 0) {
      requested.remove(vector);
      served.add(vector);
      update();
      return vector;
    }
    return passes() ? external.getAsInt() : spurious & 0xFF;
  }

  /** The vector that is more urgent than the processor's priority, or -1. */
  private int deliverable() {
    if (!takesInterrupts()) {
      return -1;
    }
    int vector = requested.highest();
    return vector >> 4 > processorPriority() >> 4 ? vector : -1;
  }

  private int processorPriority() {
    int vector = Math.max(served.highest(), 0);
    return priority >> 4 >= vector >> 4 ? priority : vector & 0xF0;
  }

  /** Whether the 8259s ask and LINT0 lets them. */
  private boolean passes() {
    boolean wired = (local[LINT0] & MASKED) == 0 && mode(local[LINT0]) == EXTERNAL;
    return levels[0] && (!enabled() || wired);
  }

  private void update() {
    boolean asks = deliverable() >= 0 || passes();
    if (asks != asking) {
      asking = asks;
      intr.set(asks);
    }
  }

  // ---- what comes in ----

  /** A pin, 0 or 1; the output of the 8259s is at pin 0. */
  public Line pin(int number) {
    return high -> {
      boolean rises = high && !levels[number];
      levels[number] = high;
      if (rises && enabled()) {
        local(LINT0 + number);
      }
      update();
    };
  }

  /** Lets an entry of the local vector table happen. */
  private void local(int entry) {
    int value = local[entry];
    if ((value & MASKED) == 0) {
      accept(entry == TIMER || entry == ERROR ? FIXED : mode(value), value & 0xFF, false);
    }
  }

  private static int mode(int value) {
    return value >> 8 & 7;
  }

  /**
   * An interrupt message.
   *
   * @param to the destination, 8 bits
   * @param byMask whether that is a logical one
   * @param mode 0 fixed, 1 lowest priority, 2 SMI, 4 NMI, 5 INIT
   * @param levelTriggered whether its end is told
   * @return whether this APIC took it
   */
  public boolean message(int to, boolean byMask, int mode, int vector, boolean levelTriggered) {
    return enabled() && addressed(to, byMask) && accept(mode, vector, levelTriggered);
  }

  private boolean addressed(int to, boolean byMask) {
    if (to == 0xFF) {
      return true;
    }
    if (!byMask) {
      return to == id;
    }
    boolean flat = format >>> 28 == 0xF;
    return flat ? (to & logical) != 0 : to >> 4 == logical >> 4 && (to & logical & 0xF) != 0;
  }

  private boolean accept(int mode, int vector, boolean levelTriggered) {
    switch (mode) {
      case FIXED, LOWEST -> {
        if ((spurious & ENABLED) == 0) {
          return false;
        }
        if (vector < FIRST_LEGAL) {
          error(ILLEGAL_RECEIVED);
          return false;
        }
        requested.add(vector);
        level.set(vector, levelTriggered);
        update();
      }
      case SMI -> outside.smi();
      case NMI -> outside.nmi();
      case INIT -> {
        initialize();
        timer.reset();
        outside.init();
        update();
      }
      default -> {
        // start-up messages are for processors that wait for one; ExtINT is a matter of LINT0
      }
    }
    return true;
  }

  private void error(int bit) {
    boolean first = (errors & bit) == 0;
    errors |= bit;
    int vector = local[ERROR] & 0xFF;
    if (first && vector >= FIRST_LEGAL) {
      local(ERROR);
    }
  }

  // ---- registers ----

  @Override
  public long read(int offset, int size) {
    if (size != 4 || (offset & 0xF) != 0) {
      return 0;
    }
    return register(offset >> 4) & 0xFFFFFFFFL;
  }

  private int register(int number) {
    return switch (number) {
      case 0x02 -> id << 24;
      case 0x03 -> VERSION;
      case 0x08 -> priority;
      case 0x09, 0x0B -> 0; // arbitration priority, which this version no longer has; end
      case 0x0A -> processorPriority();
      case 0x0D -> logical << 24;
      case 0x0E -> format;
      case 0x0F -> spurious;
      case 0x28 -> status;
      case 0x30 -> command;
      case 0x31 -> destination;
      case 0x32, 0x33, 0x34, 0x35, 0x36, 0x37 -> local[number - 0x32];
      case 0x38 -> timer.initial();
      case 0x39 -> timer.current();
      case 0x3E -> timer.divide();
      default -> {
        if (number >= 0x10 && number < 0x28) {
          VectorSet set = number < 0x18 ? served : number < 0x20 ? level : requested;
          yield set.word(number & 7);
        }
        error(ILLEGAL_REGISTER);
        yield 0;
      }
    };
  }

  @Override
  public void write(int offset, int size, long value) {
    if (size == 4 && (offset & 0xF) == 0) {
      write(offset >> 4, (int) value);
      update();
    }
  }

  private void write(int number, int value) {
    switch (number) {
      case 0x02 -> id = value >>> 24;
      case 0x08 -> {
        priority = value & 0xFF;
        priorityChanged.accept(priority >> 4);
      }
      case 0x0B -> end();
      case 0x0D -> logical = value >>> 24;
      case 0x0E -> format = value | 0x0FFF_FFFF;
      case 0x0F -> spurious(value);
      case 0x28 -> {
        status = errors;
        errors = 0;
      }
      case 0x30 -> send(value);
      case 0x31 -> destination = value & 0xFF00_0000;
      case 0x32, 0x33, 0x34, 0x35, 0x36, 0x37 -> entry(number - 0x32, value);
      case 0x38 -> timer.start(value);
      case 0x3E -> timer.divide(value);
      default -> {
        boolean readable = number == 0x03 || number == 0x09 || number == 0x0A || number == 0x39;
        if (!readable && (number < 0x10 || number >= 0x28)) {
          error(ILLEGAL_REGISTER);
        }
      }
    }
  }

  private void end() {
    int vector = served.highest();
    if (vector >= 0) {
      served.remove(vector);
      if (level.holds(vector)) {
        ended.accept(vector);
      }
    }
  }

  /** While it is disabled by software, no entry of the local vector table can be open. */
  private void spurious(int value) {
    spurious = value & 0x3FF;
    if ((spurious & ENABLED) == 0) {
      for (int i = 0; i < local.length; i++) {
        local[i] |= MASKED;
      }
    }
  }

  private void entry(int number, int value) {
    int closed = (spurious & ENABLED) == 0 ? MASKED : 0;
    local[number] = value & LOCAL_BITS[number] | closed;
    if (number == TIMER) {
      timer.periodic((value & PERIODIC) != 0);
    }
  }

  /** Sends a message; of those without a shorthand only what this processor is addressed by. */
  private void send(int value) {
    command = value & 0xC_CFFF;
    int mode = mode(value);
    int vector = value & 0xFF;
    boolean fixed = mode == FIXED || mode == LOWEST;
    if (fixed && vector < FIRST_LEGAL) {
      error(ILLEGAL_SENT);
      return;
    }
    boolean synchronisation = mode == INIT && (value & 0xC000) == 0x8000;
    boolean mine =
        switch (value >> 18 & 3) {
          case 0 -> addressed(destination >>> 24, (value & 0x800) != 0);
          case 1, 2 -> true;
          default -> false;
        };
    if (mine && !synchronisation) {
      accept(mode, vector, false);
    }
  }

  @Override
  public State state() {
    return new State(
        base,
        asking,
        id,
        priority,
        logical,
        format,
        spurious,
        errors,
        status,
        command,
        destination,
        local.clone(),
        levels.clone(),
        requested.state(),
        served.state(),
        level.state(),
        timer.state());
  }

  @Override
  public void restore(State state) {
    base = state.base;
    asking = state.asking;
    id = state.id;
    priority = state.priority;
    logical = state.logical;
    format = state.format;
    spurious = state.spurious;
    errors = state.errors;
    status = state.status;
    command = state.command;
    destination = state.destination;
    for (int i = 0; i < local.length; i++) {
      local[i] = state.local[i];
    }
    for (int i = 0; i < levels.length; i++) {
      levels[i] = state.levels[i];
    }
    requested.restore(state.requested);
    served.restore(state.served);
    level.restore(state.level);
    timer.restore(state.timer);
  }
}
