package dejavm.session;

import static dejavm.session.RandomProgram.CODE;
import static dejavm.session.RandomProgram.DATA;
import static dejavm.session.RandomProgram.HIGH;
import static dejavm.session.RandomProgram.HOLE;
import static dejavm.session.RandomProgram.PLAY;
import static dejavm.session.RandomProgram.TABLE;

import dejavm.bus.Backing;
import dejavm.bus.Input;
import dejavm.bus.Inputs;
import dejavm.bus.Nucleus;
import dejavm.bus.Pin;
import dejavm.bus.Platform;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Stateful;
import dejavm.bus.Timer;
import dejavm.bus.Visibility;
import dejavm.machine.EventQueue;
import dejavm.machine.InitialMemory;
import java.util.LinkedHashMap;
import java.util.SequencedMap;

/**
 * A board that does everything a board may do, at random: answers reads, raises interrupts, moves
 * data in and out of RAM, changes the memory map and A20, on timers of its own and in the midst of
 * the CPU's accesses. What it does is a function of its seed, of what the CPU asked and when, of
 * what DMA read, and of the inputs: all of it stirs the dice.
 */
final class RandomBoard implements Platform, Stateful<RandomBoard.State> {
  record State(long dice, boolean powered, boolean a20, int resets) {}

  private static final int PAGE = 4096;

  private final InitialMemory initial;
  private final Nucleus nucleus;
  private final Inputs inputs;
  private final EventQueue time;
  private final Dice dice;
  private final Timer interrupt;
  private final Timer transfer;
  private final Timer change;
  private boolean powered;
  private boolean a20 = true;
  private int resets;

  RandomBoard(RandomProgram program, Nucleus nucleus, Inputs inputs, long seed, long frequency) {
    this.initial = program.memory();
    this.nucleus = nucleus;
    this.inputs = inputs;
    dice = new Dice(seed);
    time = new EventQueue(frequency);
    interrupt = time.timer("interrupt", this::interrupt);
    transfer = time.timer("transfer", this::transfer);
    change = time.timer("change", this::change);
  }

  SequencedMap<String, Stateful<?>> components() {
    SequencedMap<String, Stateful<?>> components = new LinkedHashMap<>();
    components.put("board", this);
    components.put("time", time);
    return components;
  }

  int resets() {
    return resets;
  }

  // ---- what happens by itself ----

  private void powerOn() {
    powered = true;
    byte[] rom = initial.rom();
    map(0, 0xA0000, new Backing.Ram(0));
    map(0xA0000, 0x20000, new Backing.Video(0));
    map((1L << 32) - rom.length, rom.length, new Backing.Rom(rom));
    nucleus.map(Space.PORT, 0x3B0, 0x30, new Backing.Video(0), Visibility.ALWAYS);
    later(interrupt, 600);
    later(transfer, 900);
    later(change, 1500);
  }

  private void map(long address, long length, Backing backing) {
    nucleus.map(Space.MEMORY, address, length, backing, Visibility.ALWAYS);
  }

  /** Timers are armed for the same moment now and then. */
  private void later(Timer timer, int ticks) {
    long due = time.now() + 1 + dice.below(dice.oneIn(8) ? 8 * ticks : ticks);
    timer.arm(dice.oneIn(5) ? due + 99 - due % 100 : due);
  }

  private void interrupt() {
    intr(!dice.oneIn(6));
    later(interrupt, 600);
  }

  private void intr(boolean level) {
    nucleus.signal(0, Signal.INTR, level ? 1 : 0);
  }

  private void change() {
    switch (dice.below(9)) {
      case 0 -> nucleus.signal(0, Signal.NMI, 0);
      case 1 -> flipA20();
      case 2, 3 -> nucleus.signal(0, Signal.SMI, 0);
      case 4 -> replaceHandler();
      default -> remap();
    }
    later(change, a20 ? 1500 : 200);
  }

  private void flipA20() {
    a20 = !a20;
    nucleus.signal(0, Signal.A20, a20 ? 1 : 0);
  }

  /** Another handler of SMIs where one is, for it alone to be seen: all but the state's place. */
  private void replaceHandler() {
    int at = dice.pick(RandomManagement.HANDLERS);
    Backing other = new Backing.Ram(dice.pick(RandomManagement.HANDLERS));
    nucleus.map(Space.MEMORY, at, PAGE, other, Visibility.SMM_ONLY);
  }

  private void remap() {
    if (dice.oneIn(8)) {
      int first = dice.below(0x30);
      Backing backing = dice.oneIn(2) ? new Backing.Video(first) : new Backing.Outside();
      nucleus.map(
          Space.PORT, 0x3B0 + first, 1 + dice.below(0x30 - first), backing, Visibility.ALWAYS);
      return;
    }
    int pages = 1 + dice.below(4);
    long at = dice.pick(PLAY, HOLE, HIGH) + (long) dice.below(5) * PAGE;
    Visibility visibility = dice.oneIn(4) ? Visibility.SMM_ONLY : Visibility.ALWAYS;
    nucleus.map(Space.MEMORY, at, (long) pages * PAGE, backing(pages), visibility);
  }

  private Backing backing(int pages) {
    long ram = dice.pick(PLAY, PLAY, DATA, DATA, CODE, TABLE) + (long) PAGE * dice.below(4);
    return switch (dice.below(8)) {
      case 6 -> new Backing.HiddenRam(ram);
      case 0, 1, 2 -> new Backing.Ram(ram);
      case 3 -> new Backing.ReadOnlyRam(ram);
      case 4 -> new Backing.Rom(rom(dice.below(2), pages));
      case 5 -> new Backing.Video(0);
      default -> new Backing.Outside();
    };
  }

  private static byte[] rom(int which, int pages) {
    byte[] bytes = new byte[pages * PAGE];
    for (int i = 0; i < bytes.length; i++) {
      // INC EAX or INC ECX, and a return every so often; or a page table.
      bytes[i] = which == 0 ? (byte) (i % 5 == 4 ? 0xC3 : 0x40 + i % 2) : (byte) (i % 4 * 0x41);
    }
    return bytes;
  }

  private void transfer() {
    if (dice.oneIn(3)) {
      byte[] bytes = new byte[size()];
      nucleus.readRam(place(bytes.length), bytes, 0, bytes.length);
      for (byte b : bytes) {
        dice.fold(b);
      }
    } else {
      write();
    }
    later(transfer, 900);
  }

  private int size() {
    return 1 + dice.below(dice.oneIn(12) ? 9000 : 40);
  }

  private long place(int length) {
    return dice.oneIn(8)
        ? dice.pick(HOLE, HIGH, CODE)
        : dice.pick(DATA, PLAY) + dice.below(0x9000 - Math.min(length, 0x8000));
  }

  private void write() {
    if (dice.oneIn(4)) {
      tables();
    } else if (dice.oneIn(5)) {
      byte[] opcode = {(byte) (0x40 + dice.below(4))};
      nucleus.writeRam(CODE + dice.below(0x4000), opcode, 0, 1);
    } else {
      byte[] bytes = new byte[size()];
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) dice.next();
      }
      int skipped = dice.below(bytes.length);
      nucleus.writeRam(place(bytes.length), bytes, skipped, bytes.length - skipped);
    }
  }

  /** One entry of the page table that the program plays with, or a few. */
  private void tables() {
    byte[] entries = new byte[4 << dice.below(3)];
    for (int i = 0; i < entries.length; i += 4) {
      long entry = RandomProgram.pageEntry(dice);
      for (int b = 0; b < 4; b++) {
        entries[i + b] = (byte) (entry >>> 8 * b);
      }
    }
    nucleus.writeRam(TABLE + 16 * dice.below(32), entries, 0, entries.length);
  }

  // ---- what the CPU asks ----

  private void perhaps(int times) {
    if (!dice.oneIn(times)) {
      return;
    }
    switch (dice.below(10)) {
      case 0, 1, 2 -> intr(dice.oneIn(2));
      case 9 -> nucleus.signal(0, dice.oneIn(3) ? Signal.NMI : Signal.SMI, 0);
      case 3 -> remap();
      case 4 -> later(change, 300);
      case 5 -> interrupt.arm(time.now());
      case 6 -> transfer.cancel();
      default -> transfer();
    }
  }

  @Override
  public long read(long now, int cpu, Space space, long address, int size) {
    time.advance(now);
    dice.fold(address + size);
    perhaps(7);
    long value = dice.next();
    return size == 8 ? value : value & (1L << 8 * size) - 1;
  }

  @Override
  public void write(long now, int cpu, Space space, long address, int size, long value) {
    time.advance(now);
    dice.fold(address * 31 + value);
    perhaps(7);
  }

  @Override
  public int acknowledgeInterrupt(long now, int cpu) {
    time.advance(now);
    if (!dice.oneIn(8)) {
      intr(false);
    }
    perhaps(12);
    return dice.oneIn(40) ? dice.below(32) : 32 + dice.below(224);
  }

  @Override
  public void pin(long now, int cpu, Pin pin, boolean level) {
    time.advance(now);
    dice.fold(pin.ordinal() + (level ? 7 : 0));
    if (pin == Pin.SHUTDOWN) {
      reset();
    } else {
      nucleus.signal(0, Signal.IGNNE, dice.below(2));
      nucleus.signal(0, Signal.TASK_PRIORITY, dice.below(16));
      perhaps(3);
    }
  }

  private void reset() {
    resets++;
    initial.pages().forEach((page, bytes) -> nucleus.writeRam((long) page * PAGE, bytes, 0, PAGE));
    map(PLAY, 0x8000, new Backing.Ram(PLAY));
    intr(false);
    if (!a20) {
      flipA20();
    }
    nucleus.signal(0, Signal.RESET, 0);
  }

  @Override
  public long horizon() {
    return powered ? Math.min(time.nextDue(), inputs.horizon(time.now())) : 0;
  }

  @Override
  public void advance(long now) {
    if (!powered) {
      powerOn();
    }
    time.advance(now);
    for (Input input = inputs.next(now); input != null; input = inputs.next(now)) {
      take(input);
    }
  }

  private void take(Input input) {
    switch (input) {
      case Input.SerialBytes bytes -> {
        for (byte b : bytes.bytes()) {
          dice.fold(b);
        }
        nucleus.writeRam(DATA + 64L * bytes.port(), bytes.bytes(), 0, bytes.bytes().length);
      }
      case Input.Key key -> {
        dice.fold(key.code() * 2L + (key.down() ? 1 : 0));
        intr(true);
      }
      default -> dice.fold(input.hashCode());
    }
  }

  @Override
  public long idle(long now, long until) {
    long next = Math.min(until, time.nextDue());
    return next <= now ? now : inputs.idle(now, next);
  }

  // ---- state ----

  @Override
  public State state() {
    return new State(dice.state(), powered, a20, resets);
  }

  @Override
  public void restore(State state) {
    dice.restore(state.dice);
    powered = state.powered;
    a20 = state.a20;
    resets = state.resets;
  }
}
