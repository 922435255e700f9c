package dejavm.device.input;

import dejavm.bus.Line;
import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;
import dejavm.device.ByteFifo;
import dejavm.device.ByteWide;

/**
 * The 8042 keyboard controller with its PS/2 firmware, at ports 0x60 and 0x64 (offsets 0 and 4): a
 * microcontroller between the CPU and two serial sockets, whose spare pins became the gate of
 * address line 20 and the reset of the CPU.
 *
 * <p>It has one output buffer for everything. Bytes of devices wait in the devices until it is
 * empty; answers of the controller itself go first. A byte takes time to arrive: 700 microseconds
 * over the wire, 20 from the controller. Commands are taken at once, so the input buffer is always
 * empty.
 *
 * <p>Source: IBM Personal System/2 hardware interface technical reference; Intel UPI-42AH
 * datasheet, order no. 210393, for the pins.
 */
public final class I8042 implements ByteWide, Stateful<I8042.State> {
  /**
   * The controller.
   *
   * @param memory its RAM; byte 0 is the command byte
   * @param output the output buffer
   * @param full whether there is a byte in it
   * @param fromAux whether that byte is the mouse's
   * @param replies answers waiting for the output buffer
   * @param auxReplies a bit for each of them, oldest in bit 0: is it shown as the mouse's
   * @param pending the command that waits for its parameter, 0 if none
   * @param wroteCommand the last write was to port 0x64
   * @param port the output port
   * @param broken whether the translation has seen the prefix of a released key
   */
  public record State(
      byte[] memory,
      int output,
      boolean full,
      boolean fromAux,
      ByteFifo.State replies,
      int auxReplies,
      int pending,
      boolean wroteCommand,
      int port,
      boolean broken) {}

  private static final int IRQ1 = 0x01;
  private static final int IRQ12 = 0x02;
  private static final int SYSTEM = 0x04;
  private static final int KEYBOARD_OFF = 0x10;
  private static final int AUX_OFF = 0x20;
  private static final int TRANSLATE = 0x40;

  private static final int PORT_RUN = 0x01;
  private static final int PORT_A20 = 0x02;
  private static final int PORT_IDLE = 0xCF;

  private static final int MICROSECONDS = 1_000_000;
  private static final int WIRE_TIME = 700;
  private static final int REPLY_TIME = 20;

  private final Scheduler scheduler;
  private final Line irq1;
  private final Line irq12;
  private final Line a20;
  private final Runnable resetCpu;
  private final Ps2Device keyboard;
  private final Ps2Device aux;
  private final Timer reply;
  private final Timer wire;
  private final byte[] memory = new byte[32];
  private final ByteFifo replies = new ByteFifo(16);
  private int output;
  private boolean full;
  private boolean fromAux;
  private int auxReplies;
  private int pending;
  private boolean wroteCommand;
  private int port = PORT_IDLE;
  private boolean broken;

  /**
   * A controller after power-on, as firmware leaves it: tested, both sockets on, translating.
   *
   * @param a20 the gate of address line 20, open when high
   * @param resetCpu pulls the CPU's reset
   * @param keyboard what is in the first socket
   * @param aux what is in the second: a mouse or {@link Ps2Device#NONE}
   */
  public I8042(
      Scheduler scheduler,
      Line irq1,
      Line irq12,
      Line a20,
      Runnable resetCpu,
      Ps2Device keyboard,
      Ps2Device aux) {
    this.scheduler = scheduler;
    this.irq1 = irq1;
    this.irq12 = irq12;
    this.a20 = a20;
    this.resetCpu = resetCpu;
    this.keyboard = keyboard;
    this.aux = aux;
    reply = scheduler.timer("i8042 reply", this::deliver);
    wire = scheduler.timer("i8042 wire", this::deliver);
    keyboard.plug(this::schedule);
    aux.plug(this::schedule);
    memory[0] = (byte) (TRANSLATE | SYSTEM | IRQ1 | IRQ12);
  }

  /** Everything as after power-on; drives address line 20 high. */
  public void reset() {
    for (int i = 0; i < memory.length; i++) {
      memory[i] = 0;
    }
    memory[0] = (byte) (TRANSLATE | SYSTEM | IRQ1 | IRQ12);
    replies.clear();
    auxReplies = 0;
    full = false;
    fromAux = false;
    pending = 0;
    wroteCommand = false;
    port = PORT_IDLE;
    broken = false;
    reply.cancel();
    wire.cancel();
    a20.set(true);
    update();
  }

  @Override
  public int readByte(int offset) {
    return switch (offset) {
      case 0 -> data();
      case 4 -> status();
      default -> FLOATING;
    };
  }

  @Override
  public void writeByte(int offset, int value) {
    if (offset == 4) {
      wroteCommand = true;
      pending = 0;
      command(value);
    } else if (offset == 0) {
      wroteCommand = false;
      int command = pending;
      pending = 0;
      parameter(command, value);
    }
  }

  /** The status register; reading has no effect. */
  public int status() {
    return (full ? 0x01 : 0)
        | (memory[0] & SYSTEM)
        | (wroteCommand ? 0x08 : 0)
        | 0x10
        | (full && fromAux ? 0x20 : 0);
  }

  /** Reading an empty buffer gives the last byte again. */
  private int data() {
    if (full) {
      full = false;
      update();
    }
    return output;
  }

  private void command(int value) {
    if (value >= 0x20 && value <= 0x3F) {
      answer(memory[value & 0x1F]);
    } else if (value >= 0xF0) {
      // pulses the lower four pins of the output port low; the lowest is the CPU's reset
      if ((value & PORT_RUN) == 0) {
        resetCpu.run();
      }
    } else {
      switch (value) {
        case 0xA4 -> answer(0xF1);
        case 0xA7 -> set(AUX_OFF, true);
        case 0xA8 -> set(AUX_OFF, false);
        case 0xA9, 0xAB -> answer(0x00);
        case 0xAA -> {
          set(SYSTEM, true);
          answer(0x55);
        }
        case 0xAD -> set(KEYBOARD_OFF, true);
        case 0xAE -> set(KEYBOARD_OFF, false);
        case 0xC0 -> answer(0xA0);
        case 0xD0 -> answer(outputPort());
        case 0xDD -> outputPort(port & ~PORT_A20);
        case 0xDF -> outputPort(port | PORT_A20);
        case 0xE0 -> answer(0x00);
        default -> {
          // writing to RAM, port or devices takes a parameter; other commands do nothing
          pending = value;
        }
      }
    }
  }

  private void parameter(int command, int value) {
    if (command >= 0x60 && command <= 0x7F) {
      memory[command & 0x1F] = (byte) value;
      update();
      return;
    }
    switch (command) {
      case 0xD1 -> outputPort(value);
      case 0xD2 -> answer(value);
      case 0xD3 -> answer(value, true);
      case 0xD4 -> {
        set(AUX_OFF, false);
        aux.send(value);
      }
      default -> {
        // talking to the keyboard switches it on
        set(KEYBOARD_OFF, false);
        keyboard.send(value);
      }
    }
  }

  private void set(int bit, boolean on) {
    memory[0] = (byte) (on ? memory[0] | bit : memory[0] & ~bit);
    update();
  }

  private int outputPort() {
    return port & ~0x30 | (full && !fromAux ? 0x10 : 0) | (full && fromAux ? 0x20 : 0);
  }

  private void outputPort(int value) {
    port = value;
    a20.set((value & PORT_A20) != 0);
    if ((value & PORT_RUN) == 0) {
      // it would be held in reset for good; boards let go of it
      port |= PORT_RUN;
      resetCpu.run();
    }
  }

  private void answer(int value) {
    answer(value, false);
  }

  private void answer(int value, boolean asAux) {
    if (replies.add(value)) {
      auxReplies |= asAux ? 1 << replies.size() - 1 : 0;
      schedule();
    }
  }

  private boolean keyboardReady() {
    return (memory[0] & KEYBOARD_OFF) == 0 && keyboard.ready();
  }

  private boolean auxReady() {
    return (memory[0] & AUX_OFF) == 0 && aux.ready();
  }

  /** Sets off the next byte, if there is one and room for it. */
  private void schedule() {
    if (full) {
      return;
    }
    if (!replies.isEmpty() && !reply.armed()) {
      reply.arm(in(REPLY_TIME));
    }
    if (!wire.armed() && (keyboardReady() || auxReady())) {
      wire.arm(in(WIRE_TIME));
    }
  }

  private long in(int microseconds) {
    return scheduler.now() + scheduler.ticks(microseconds, MICROSECONDS);
  }

  private void deliver() {
    if (!full) {
      if (!replies.isEmpty()) {
        fill(replies.take(), (auxReplies & 1) != 0);
        auxReplies >>= 1;
      } else if (keyboardReady()) {
        fromKeyboard(keyboard.take());
      } else if (auxReady()) {
        fill(aux.take(), true);
      }
    }
    update();
  }

  private void fromKeyboard(int value) {
    if ((memory[0] & TRANSLATE) == 0) {
      fill(value, false);
    } else if (value == 0xF0) {
      broken = true;
    } else {
      fill(ScanCodes.translate(value) | (broken ? 0x80 : 0), false);
      broken = false;
    }
  }

  private void fill(int value, boolean isAux) {
    output = value;
    full = true;
    fromAux = isAux;
  }

  private void update() {
    irq1.set(full && !fromAux && (memory[0] & IRQ1) != 0);
    irq12.set(full && fromAux && (memory[0] & IRQ12) != 0);
    schedule();
  }

  @Override
  public State state() {
    return new State(
        memory.clone(),
        output,
        full,
        fromAux,
        replies.state(),
        auxReplies,
        pending,
        wroteCommand,
        port,
        broken);
  }

  @Override
  public void restore(State state) {
    for (int i = 0; i < memory.length; i++) {
      memory[i] = state.memory[i];
    }
    output = state.output;
    full = state.full;
    fromAux = state.fromAux;
    replies.restore(state.replies);
    auxReplies = state.auxReplies;
    pending = state.pending;
    wroteCommand = state.wroteCommand;
    port = state.port;
    broken = state.broken;
  }
}
