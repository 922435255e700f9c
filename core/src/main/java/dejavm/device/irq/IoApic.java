package dejavm.device.irq;

import dejavm.bus.Line;
import dejavm.bus.Mapped;
import dejavm.bus.Stateful;

/**
 * The 82093AA I/O APIC: 24 pins, and for each an entry that says which interrupt to send to which
 * local APIC. Two registers give access to all others: a number at offset 0, its contents at 0x10.
 *
 * <p>An edge at a masked pin is lost. A level-triggered interrupt is not sent again before its end
 * came back, and then at once if the pin is still active; making its entry edge-triggered forgets
 * that an end is due. Pins are active when high here, whatever their entry says of the polarity.
 *
 * <p>Source: Intel 82093AA datasheet, order no. 290566.
 */
public final class IoApic implements Mapped, Stateful<IoApic.State> {
  /**
   * The chip.
   *
   * @param levels a bit for each pin that is active
   */
  public record State(int index, int id, long[] entries, int levels) {}

  /** Who takes messages. */
  @FunctionalInterface
  public interface Messages {
    /** See {@link LocalApic#message}. */
    boolean message(int to, boolean byMask, int mode, int vector, boolean levelTriggered);
  }

  /** The number of pins. */
  public static final int PINS = 24;

  private static final int VERSION = 0x11 | PINS - 1 << 16;
  private static final int WINDOW = 0x10;
  private static final int TABLE = 0x10;

  private static final long LOGICAL = 0x800;
  private static final long WAITING = 0x4000;
  private static final long LEVEL = 0x8000;
  private static final long MASKED = 0x1_0000;
  private static final long WRITABLE = 0xFF00_0000_0001_AFFFL;

  private final Messages messages;
  private final long[] entries = new long[PINS];
  private int index;
  private int id;
  private int levels;

  /** A chip after power-on, all pins masked. */
  public IoApic(Messages messages) {
    this.messages = messages;
    mask();
  }

  public void reset() {
    index = 0;
    id = 0;
    mask();
  }

  private void mask() {
    for (int i = 0; i < entries.length; i++) {
      entries[i] = MASKED;
    }
  }

  /** A pin, 0 to 23. */
  public Line pin(int number) {
    return high -> {
      boolean rises = high && (levels >> number & 1) == 0;
      levels = high ? levels | 1 << number : levels & ~(1 << number);
      if ((entries[number] & LEVEL) != 0) {
        serve(number);
      } else if (rises && (entries[number] & MASKED) == 0) {
        send(number, false);
      }
    };
  }

  /** Software ended the interrupt with this vector. */
  public void ended(int vector) {
    for (int pin = 0; pin < PINS; pin++) {
      if ((entries[pin] & (LEVEL | WAITING)) == (LEVEL | WAITING)
          && (entries[pin] & 0xFF) == vector) {
        entries[pin] &= ~WAITING;
        serve(pin);
      }
    }
  }

  /** Sends a level-triggered interrupt if its pin is active and no end is due. */
  private void serve(int pin) {
    boolean active = (levels >> pin & 1) != 0;
    if (active && (entries[pin] & (LEVEL | WAITING | MASKED)) == LEVEL && send(pin, true)) {
      entries[pin] |= WAITING;
    }
  }

  private boolean send(int pin, boolean levelTriggered) {
    long entry = entries[pin];
    return messages.message(
        (int) (entry >>> 56),
        (entry & LOGICAL) != 0,
        (int) entry >> 8 & 7,
        (int) entry & 0xFF,
        levelTriggered);
  }

  @Override
  public long read(int offset, int size) {
    if (size != 4) {
      return 0;
    }
    return switch (offset) {
      case 0 -> index;
      case WINDOW -> register() & 0xFFFFFFFFL;
      default -> 0;
    };
  }

  private int register() {
    return switch (index) {
      case 0, 2 -> id << 24; // 2 is the priority in arbitration, which begins as the identity
      case 1 -> VERSION;
      default -> {
        int pin = index - TABLE >> 1;
        yield index < TABLE || pin >= PINS ? 0 : (int) (entries[pin] >>> 32 * (index & 1));
      }
    };
  }

  @Override
  public void write(int offset, int size, long value) {
    if (offset == 0) {
      index = (int) value & 0xFF;
    } else if (offset == WINDOW && size == 4) {
      if (index == 0) {
        id = (int) value >>> 24 & 0xF;
      } else if (index >= TABLE && index < TABLE + 2 * PINS) {
        entry(index - TABLE >> 1, 32 * (index & 1), value);
      }
    }
  }

  private void entry(int pin, int shift, long value) {
    long half = 0xFFFFFFFFL << shift;
    long written = (entries[pin] & ~half | value << shift) & WRITABLE;
    long waiting = (written & LEVEL) != 0 ? entries[pin] & WAITING : 0;
    entries[pin] = written | waiting;
    serve(pin);
  }

  @Override
  public State state() {
    return new State(index, id, entries.clone(), levels);
  }

  @Override
  public void restore(State state) {
    index = state.index;
    id = state.id;
    for (int i = 0; i < entries.length; i++) {
      entries[i] = state.entries[i];
    }
    levels = state.levels;
  }
}
