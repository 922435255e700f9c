package dejavm.device.serial;

import dejavm.bus.Line;
import dejavm.bus.Outputs;
import dejavm.bus.Scheduler;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;
import dejavm.device.ByteFifo;
import dejavm.device.ByteWide;

/**
 * The 16550A serial port: transmitter and receiver with FIFOs of 16 bytes, fed by 1.8432 MHz.
 *
 * <p>Reading the interrupt identification withdraws the transmitter's interrupt, though it is still
 * empty; switching that interrupt on asks for it again. On a PC the modem output OUT2 gates the
 * interrupt line, and in loopback mode all modem outputs are off, so no interrupt gets out.
 *
 * <p>What the host sends waits on the wire, where it takes as long as the line speed makes it, and
 * for as long as the FIFO is full: nothing is overrun. The port asks for more bytes as the guest
 * takes them, so that on the wire, in the FIFO and still to come there are never more than 16.
 *
 * <p>Source: National Semiconductor PC16550D datasheet.
 */
public final class Uart16550 implements ByteWide, Stateful<Uart16550.State> {
  /**
   * The port.
   *
   * @param errors bits 1 to 4 of the line status, not yet read
   * @param deltas bits 0 to 3 of the modem status, not yet read
   * @param transmit bytes still to be shifted out
   * @param shifting whether a byte is on its way out
   * @param shifted that byte
   * @param emptied whether the transmitter's interrupt is asked for
   * @param receive the receiver's FIFO; one byte deep while FIFOs are off
   * @param timedOut whether the receiver's FIFO was left alone for four characters' time
   * @param touched the moment it was last written or read
   * @param arriving bytes on the wire
   * @param credits bytes the host may still send
   */
  public record State(
      int divisor,
      int ier,
      int fcr,
      int lcr,
      int mcr,
      int scratch,
      int errors,
      int deltas,
      ByteFifo.State transmit,
      boolean shifting,
      int shifted,
      boolean emptied,
      ByteFifo.State receive,
      boolean timedOut,
      long touched,
      ByteFifo.State arriving,
      int credits) {}

  /** Bytes that the port takes without the guest reading any. */
  public static final int WINDOW = 16;

  private static final int CLOCK = 1843200;
  private static final int DEPTH = 16;

  private static final int IER_RECEIVED = 0x01;
  private static final int IER_EMPTY = 0x02;
  private static final int IER_LINE = 0x04;
  private static final int IER_MODEM = 0x08;
  private static final int LCR_DIVISOR = 0x80;
  private static final int MCR_OUT2 = 0x08;
  private static final int MCR_LOOP = 0x10;
  private static final int LSR_DATA = 0x01;
  private static final int LSR_OVERRUN = 0x02;
  private static final int LSR_EMPTY = 0x20;
  private static final int LSR_IDLE = 0x40;
  private static final int NO_INTERRUPT = 0x01;
  private static final int[] TRIGGERS = {1, 4, 8, 14};

  /** Clear to send, data set ready, carrier: the other side is always there. */
  private static final int MODEM_LINES = 0xB0;

  private final Scheduler scheduler;
  private final Line irq;
  private final Outputs outputs;
  private final int port;
  private final int speed;
  private final Timer transmitter;
  private final Timer receiver;
  private final Timer silence;
  private final ByteFifo transmit = new ByteFifo(DEPTH);
  private final ByteFifo receive = new ByteFifo(DEPTH);
  private final ByteFifo arriving = new ByteFifo(WINDOW);
  private int divisor;
  private int ier;
  private int fcr;
  private int lcr;
  private int mcr;
  private int scratch;
  private int errors;
  private int deltas;
  private boolean shifting;
  private int shifted;
  private boolean emptied;
  private boolean timedOut;
  private long touched;
  private int credits;

  /** A port with the timing of its line. */
  public Uart16550(Scheduler scheduler, Line irq, Outputs outputs, int port) {
    this(scheduler, irq, outputs, port, 1);
  }

  /**
   * A port after power-on. It asks for bytes at its first {@link #reset}.
   *
   * @param port its number in {@link Outputs}
   * @param speed how many times faster than its line it is, for guests that wait for each byte
   */
  public Uart16550(Scheduler scheduler, Line irq, Outputs outputs, int port, int speed) {
    this.scheduler = scheduler;
    this.irq = irq;
    this.outputs = outputs;
    this.port = port;
    this.speed = speed;
    String name = "serial " + port;
    transmitter = scheduler.timer(name + " transmitter", this::sent);
    receiver = scheduler.timer(name + " receiver", this::arrived);
    silence = scheduler.timer(name + " time-out", this::silent);
    divisor = 12;
  }

  /** The MR pin. Bytes on the wire are lost; the host is asked for as many as fit. */
  public void reset() {
    divisor = 12;
    ier = 0;
    fcr = 0;
    lcr = 0;
    mcr = 0;
    scratch = 0;
    errors = 0;
    deltas = 0;
    transmit.clear();
    shifting = false;
    emptied = false;
    receive.clear();
    timedOut = false;
    touched = scheduler.now();
    arriving.clear();
    transmitter.cancel();
    receiver.cancel();
    silence.cancel();
    ask();
    update();
  }

  /** Bytes that the host may still send: the credits announced less the bytes delivered. */
  public int credits() {
    return credits;
  }

  /** Bytes from the host. Those it had no credit for are lost, as by an overrun. */
  public void receive(byte[] bytes) {
    for (byte value : bytes) {
      if (credits > 0) {
        credits--;
        arriving.add(value & 0xFF);
      } else {
        errors |= LSR_OVERRUN;
      }
    }
    listen();
    update();
  }

  @Override
  public int readByte(int offset) {
    boolean latch = (lcr & LCR_DIVISOR) != 0;
    return switch (offset) {
      case 0 -> latch ? divisor & 0xFF : readData();
      case 1 -> latch ? divisor >> 8 : ier;
      case 2 -> readIdentification();
      case 3 -> lcr;
      case 4 -> mcr;
      case 5 -> readLineStatus();
      case 6 -> readModemStatus();
      case 7 -> scratch;
      default -> FLOATING;
    };
  }

  @Override
  public void writeByte(int offset, int value) {
    boolean latch = (lcr & LCR_DIVISOR) != 0;
    switch (offset) {
      case 0 -> {
        if (latch) {
          divisor = divisor & 0xFF00 | value;
        } else {
          writeData(value);
        }
      }
      case 1 -> {
        if (latch) {
          divisor = divisor & 0xFF | value << 8;
        } else {
          emptied |= (value & ~ier & IER_EMPTY) != 0 && transmit.isEmpty();
          ier = value & 0x0F;
          watch();
        }
      }
      case 2 -> writeFifoControl(value);
      case 3 -> lcr = value;
      case 4 -> {
        int before = modemLines();
        mcr = value & 0x1F;
        modemChanged(before);
        listen();
      }
      case 7 -> scratch = value;
      default -> {
        // the status registers are for factory tests only
      }
    }
    update();
  }

  private boolean fifos() {
    return (fcr & 1) != 0;
  }

  private boolean looped() {
    return (mcr & MCR_LOOP) != 0;
  }

  private int depth() {
    return fifos() ? DEPTH : 1;
  }

  private int trigger() {
    return fifos() ? TRIGGERS[fcr >> 6] : 1;
  }

  private int readData() {
    int value = receive.take();
    timedOut = false;
    touched = scheduler.now();
    ask();
    listen();
    watch();
    update();
    return value;
  }

  private void writeData(int value) {
    emptied = false;
    if (!fifos()) {
      transmit.clear();
    }
    transmit.add(value);
    if (!shifting) {
      shift();
    }
  }

  private void writeFifoControl(int value) {
    boolean toggled = ((fcr ^ value) & 1) != 0;
    if (toggled || (value & 1) != 0 && (value & 2) != 0) {
      receive.clear();
      timedOut = false;
    }
    if (toggled || (value & 1) != 0 && (value & 4) != 0) {
      emptied |= !transmit.isEmpty();
      transmit.clear();
    }
    // the other bits can be written only together with the first
    fcr = (value & 1) != 0 ? value & 0xC9 : 0;
    ask();
    listen();
    watch();
  }

  private int readIdentification() {
    int identification = identification();
    if (identification == 0x02) {
      emptied = false;
      update();
    }
    return identification | (fifos() ? 0xC0 : 0);
  }

  private int readLineStatus() {
    int value =
        (receive.isEmpty() ? 0 : LSR_DATA)
            | errors
            | (transmit.isEmpty() ? LSR_EMPTY : 0)
            | (transmit.isEmpty() && !shifting ? LSR_IDLE : 0);
    errors = 0;
    update();
    return value;
  }

  private int readModemStatus() {
    int value = modemLines() | deltas;
    deltas = 0;
    update();
    return value;
  }

  private int modemLines() {
    if (!looped()) {
      return MODEM_LINES;
    }
    // request to send, terminal ready, out 1 and out 2 come back in this order
    return (mcr & 0x02) << 3 | (mcr & 0x01) << 5 | (mcr & 0x04) << 4 | (mcr & 0x08) << 4;
  }

  private void modemChanged(int before) {
    int now = modemLines();
    int changed = (before ^ now) >> 4;
    // the ring indicator counts only when it ends
    deltas |= changed & 0x0B | changed & before >> 4 & 0x04;
  }

  /** The most urgent interrupt that is enabled. */
  private int identification() {
    if ((ier & IER_LINE) != 0 && errors != 0) {
      return 0x06;
    }
    if ((ier & IER_RECEIVED) != 0 && receive.size() >= trigger()) {
      return 0x04;
    }
    if ((ier & IER_RECEIVED) != 0 && timedOut) {
      return 0x0C;
    }
    if ((ier & IER_EMPTY) != 0 && emptied) {
      return 0x02;
    }
    if ((ier & IER_MODEM) != 0 && deltas != 0) {
      return 0x00;
    }
    return NO_INTERRUPT;
  }

  private void update() {
    irq.set((mcr & (MCR_OUT2 | MCR_LOOP)) == MCR_OUT2 && identification() != NO_INTERRUPT);
  }

  /** Ticks that so many characters take: a start bit, 5 to 8 data bits, parity, stop bits. */
  private long characters(int count) {
    int halfBits = 2 * (1 + 5 + (lcr & 3)) + ((lcr & 8) != 0 ? 2 : 0);
    halfBits += (lcr & 4) == 0 ? 2 : (lcr & 3) == 0 ? 3 : 4;
    return scheduler.ticks((long) count * halfBits * 8 * Math.max(divisor, 1), CLOCK) / speed;
  }

  /** Starts to shift out the next byte. It is gone from here: a host has it at once. */
  private void shift() {
    shifted = transmit.take() & 0xFF >> 3 - (lcr & 3);
    shifting = true;
    emptied |= transmit.isEmpty();
    if (!looped()) {
      outputs.serial(port, shifted);
    }
    transmitter.arm(scheduler.now() + characters(1));
  }

  private void sent() {
    shifting = false;
    if (looped()) {
      if (receive.size() == depth()) {
        errors |= LSR_OVERRUN;
        overwrite();
      } else {
        received(shifted);
      }
    }
    if (!transmit.isEmpty()) {
      shift();
    }
    update();
  }

  /** Without FIFOs the newer byte replaces the older one; a full FIFO keeps what it has. */
  private void overwrite() {
    if (!fifos()) {
      receive.take();
      received(shifted);
    }
  }

  private void received(int value) {
    receive.add(value);
    touched = scheduler.now();
    timedOut = false;
    watch();
  }

  /** Lets the next byte on the wire come in, if there is room for it. */
  private void listen() {
    if (!arriving.isEmpty() && !looped() && receive.size() < depth()) {
      if (!receiver.armed()) {
        receiver.arm(scheduler.now() + characters(1));
      }
    } else {
      receiver.cancel();
    }
  }

  private void arrived() {
    received(arriving.take() & 0xFF >> 3 - (lcr & 3));
    listen();
    update();
  }

  /** Asks for as many bytes as there is room for by now. */
  private void ask() {
    int room = WINDOW - credits - arriving.size() - receive.size();
    if (room > 0) {
      credits += room;
      outputs.serialReady(port, room);
    }
  }

  /** Waits for the time-out of the receiver's FIFO, where somebody waits for it. */
  private void watch() {
    if (fifos() && (ier & IER_RECEIVED) != 0 && !receive.isEmpty() && !timedOut) {
      silence.arm(touched + characters(4));
    } else {
      silence.cancel();
    }
  }

  private void silent() {
    timedOut = true;
    update();
  }

  @Override
  public State state() {
    return new State(
        divisor,
        ier,
        fcr,
        lcr,
        mcr,
        scratch,
        errors,
        deltas,
        transmit.state(),
        shifting,
        shifted,
        emptied,
        receive.state(),
        timedOut,
        touched,
        arriving.state(),
        credits);
  }

  @Override
  public void restore(State state) {
    divisor = state.divisor;
    ier = state.ier;
    fcr = state.fcr;
    lcr = state.lcr;
    mcr = state.mcr;
    scratch = state.scratch;
    errors = state.errors;
    deltas = state.deltas;
    transmit.restore(state.transmit);
    shifting = state.shifting;
    shifted = state.shifted;
    emptied = state.emptied;
    receive.restore(state.receive);
    timedOut = state.timedOut;
    touched = state.touched;
    arriving.restore(state.arriving);
    credits = state.credits;
  }
}
