package dejavm.device.timer;

import dejavm.bus.Line;
import dejavm.bus.Mapped;
import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The high precision event timers: a counter of 64 bits at 100 MHz and three comparators.
 *
 * <p>With legacy replacement comparator 0 takes the place of the 8254 at IRQ 0, and comparator 1
 * that of the real-time clock at IRQ 8: both go through this chip on their way, and are cut off
 * then. Source: IA-PC HPET specification 1.0a.
 */
public final class Hpet implements Mapped, Stateful<Hpet.State> {
  /**
   * The timers.
   *
   * @param counter what the counter showed at {@code origin}
   * @param origin in its periods since power-on; of no meaning while it stands still
   * @param pending a bit for each comparator whose level-triggered interrupt is active
   * @param inputs the levels of the 8254 and of the real-time clock
   */
  public record State(
      int config,
      long counter,
      long origin,
      int pending,
      boolean[] inputs,
      List<HpetComparator.State> comparators) {}

  /** The counter's frequency. */
  public static final int HERTZ = 100_000_000;

  private static final long FEMTOSECONDS = 1_000_000_000_000_000L / HERTZ;
  private static final int COUNT = 3;

  /** Three comparators, 64 bits, legacy replacement. */
  private static final long CAPABILITIES = FEMTOSECONDS << 32 | 0x8086_A201L;

  private static final int ENABLED = 1;
  private static final int LEGACY = 2;

  private final Scheduler scheduler;
  private final Line[] legacy;
  private final Line[] pins;
  private final List<HpetComparator> comparators;
  private final boolean[] inputs = new boolean[2];
  private int config;
  private long counter;
  private long origin;
  private int pending;

  /**
   * The chip after power-on, with the counter standing at zero.
   *
   * @param irq0 interrupt request 0
   * @param irq8 interrupt request 8
   * @param pins those of the IOAPIC, of which comparators may use 16 to 23
   */
  public Hpet(Scheduler scheduler, Line irq0, Line irq8, Line[] pins) {
    this.scheduler = scheduler;
    legacy = new Line[] {irq0, irq8};
    this.pins = pins.clone();
    comparators =
        IntStream.range(0, COUNT)
            .mapToObj(i -> new HpetComparator(scheduler, i, this::now, () -> matched(i)))
            .toList();
  }

  public void reset() {
    for (int i = 0; i < COUNT; i++) {
      line(i).set(false);
      comparators.get(i).reset();
    }
    config = 0;
    counter = 0;
    pending = 0;
    connect();
  }

  /** The 8254's output, on its way to IRQ 0. */
  public Line pit() {
    return level -> input(0, level);
  }

  /** The real-time clock's output, on its way to IRQ 8. */
  public Line clock() {
    return level -> input(1, level);
  }

  private void input(int number, boolean level) {
    inputs[number] = level;
    if ((config & LEGACY) == 0) {
      legacy[number].set(level);
    }
  }

  private void connect() {
    for (int i = 0; i < inputs.length; i++) {
      legacy[i].set((config & LEGACY) == 0 && inputs[i]);
    }
  }

  private boolean enabled() {
    return (config & ENABLED) != 0;
  }

  private long cycles() {
    return scheduler.cycles(scheduler.now(), HERTZ);
  }

  private long now() {
    return enabled() ? counter + cycles() - origin : counter;
  }

  private Line line(int number) {
    boolean replaces = (config & LEGACY) != 0 && number < legacy.length;
    return replaces ? legacy[number] : pins[comparators.get(number).route()];
  }

  /** A comparator found the counter at its value. */
  private void matched(int number) {
    HpetComparator comparator = comparators.get(number);
    if (comparator.levelTriggered()) {
      pending |= 1 << number;
    }
    if (comparator.interrupts()) {
      line(number).set(true);
      if (!comparator.levelTriggered()) {
        line(number).set(false);
      }
    }
  }

  /** Level-triggered lines as they should be, after a change of what they depend on. */
  private void drive() {
    for (int i = 0; i < COUNT; i++) {
      HpetComparator comparator = comparators.get(i);
      boolean asks = (pending >> i & 1) != 0 && comparator.interrupts() && enabled();
      if (comparator.levelTriggered()) {
        line(i).set(asks);
      }
    }
  }

  @Override
  public long read(int offset, int size) {
    long value = register(offset & ~7) >>> 8 * (offset & 7);
    return size < 8 ? value & (1L << 8 * size) - 1 : value;
  }

  private long register(int offset) {
    return switch (offset) {
      case 0x00 -> CAPABILITIES;
      case 0x10 -> config;
      case 0x20 -> pending;
      case 0xF0 -> now();
      default -> {
        int number = comparator(offset);
        yield number < 0 ? 0 : comparators.get(number).read(offset & 0x1F);
      }
    };
  }

  private static int comparator(int offset) {
    int number = offset - 0x100 >> 5;
    return offset >= 0x100 && number < COUNT ? number : -1;
  }

  @Override
  public void write(int offset, int size, long value) {
    if (size < 4 || (offset & size - 1) != 0) {
      return;
    }
    long bits = size == 4 ? 0xFFFF_FFFFL << 8 * (offset & 4) : -1;
    long placed = value << 8 * (offset & 4);
    switch (offset & ~7) {
      case 0x10 -> configure((int) (config & ~bits | placed & bits) & (ENABLED | LEGACY));
      case 0x20 -> pending &= ~(int) placed;
      case 0xF0 -> {
        if (!enabled()) {
          counter = counter & ~bits | placed & bits;
        }
      }
      default -> {
        int number = comparator(offset);
        if (number >= 0) {
          line(number).set(false);
          comparators.get(number).write(offset & 0x18, bits, placed & bits);
          if (!comparators.get(number).levelTriggered()) {
            pending &= ~(1 << number);
          }
        }
      }
    }
    comparators.forEach(comparator -> comparator.arm(enabled()));
    drive();
  }

  private void configure(int wanted) {
    for (int i = 0; i < COUNT; i++) {
      line(i).set(false);
    }
    counter = now();
    origin = cycles();
    config = wanted;
    connect();
  }

  @Override
  public State state() {
    return new State(
        config,
        counter,
        origin,
        pending,
        inputs.clone(),
        comparators.stream().map(HpetComparator::state).toList());
  }

  @Override
  public void restore(State state) {
    config = state.config;
    counter = state.counter;
    origin = state.origin;
    pending = state.pending;
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = state.inputs[i];
    }
    for (int i = 0; i < comparators.size(); i++) {
      comparators.get(i).restore(state.comparators.get(i));
    }
  }
}
