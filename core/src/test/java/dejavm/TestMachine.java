package dejavm;

import dejavm.bus.Backing;
import dejavm.bus.Nucleus;
import dejavm.bus.Pin;
import dejavm.bus.Platform;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import dejavm.cpu.ControlRegisters;
import dejavm.cpu.CostTable;
import dejavm.cpu.Cpu;
import dejavm.cpu.CpuFeature;
import dejavm.cpu.CpuModel;
import dejavm.machine.InitialMemory;
import dejavm.machine.Machine;
import dejavm.machine.MachineConfig;
import dejavm.machine.Processor;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A processor with 1 MiB of RAM on a board that a test programs: it logs what it is asked, and does
 * at given moments or at given accesses what the test says. All but RAM is outside.
 *
 * <p>The first few stretches of each machine's run are recorded at the cpu boundary and replayed
 * without the test ({@link ReplayedStretch}). There is no machine boundary here, since the test is
 * board and outer world in one; what it does between two stretches, no recording holds.
 */
public final class TestMachine implements Platform {
  /** Where code goes, unless a test says otherwise. */
  public static final long CODE = 0x10000;

  public static final long STACK = 0x9000;
  public static final int PAUSE_COST = 40;
  public static final int PORT_COST = 7;

  // Flat segments, made by a table in memory where there are handlers.
  public static final int GDT = 0x800;
  public static final int IDT = 0x1000;

  /** With the CPUID bit of a local APIC: so there are MSRs that the board answers for. */
  private static final CpuModel MODEL = CpuModel.PENTIUM3.with(CpuFeature.APIC).at(100_000_000);

  private static MachineConfig config(CpuModel model) {
    return new MachineConfig(
        1 << 20, 100_000_000, new CostTable(PAUSE_COST, PORT_COST), model, 1, 0, true, false, 0);
  }

  /** So many stretches of each machine are replayed: most tests have fewer. */
  private static final int REPLAYED = 4;

  /** What a test lets an access do; it gives the answer of a read. */
  @FunctionalInterface
  public interface Access {
    long at(Space space, long address, int size);
  }

  public final Cpu cpu;
  public final Machine machine;

  /** Every access, acknowledge and pin, in order: "read PORT 60 1 @17". */
  public final List<String> log = new ArrayList<>();

  private final MachineConfig config;
  private final int tlbEntries;
  private final Processor processor;
  private final Tap tap = new Tap();
  private Nucleus real;
  private Nucleus nucleus;
  private int stretches;
  private Access reads = (space, address, size) -> 0;
  private Access writes = (space, address, size) -> 0;
  private final TreeMap<Long, Runnable> events = new TreeMap<>();
  private int vector = 0x40;
  private Runnable pins = () -> {};
  private boolean powered;

  public TestMachine(int tlbEntries) {
    this(tlbEntries, MODEL);
  }

  public TestMachine(int tlbEntries, CpuModel model) {
    this.tlbEntries = tlbEntries;
    config = config(model);
    processor =
        new Processor(
            config,
            new InitialMemory(new TreeMap<>(), new byte[4096]),
            Engines.with(tlbEntries),
            board -> {
              real = board;
              nucleus = board;
              return tap;
            });
    machine = new Machine(processor);
    cpu = processor.cpu();
    machine.run(0);
  }

  /** Flat 32-bit protected mode at level 0 without paging, at {@link #CODE}. */
  public static TestMachine flat(int tlbEntries) {
    return flat(tlbEntries, MODEL);
  }

  /** As {@link #flat(int)}, with a processor of a model. */
  public static TestMachine flat(int tlbEntries, CpuModel model) {
    TestMachine m = new TestMachine(tlbEntries, model);
    Cpu c = m.cpu;
    c.cr0 = ControlRegisters.CR0_ET | ControlRegisters.CR0_PE;
    c.segment(Cpu.CS, 0x08, 0, 0xFFFFFFFFL, 0xC09B);
    for (int register : new int[] {Cpu.ES, Cpu.SS, Cpu.DS, Cpu.FS, Cpu.GS}) {
      c.segment(register, 0x10, 0, 0xFFFFFFFFL, 0xC093);
    }
    m.put(GDT + 8, 0x00CF9B000000FFFFL, 8);
    m.put(GDT + 16, 0x00CF93000000FFFFL, 8);
    c.gdtBase = GDT;
    c.gdtLimit = 0x1F;
    c.idtBase = IDT;
    c.idtLimit = 0x7FF;
    c.r[Cpu.RSP] = STACK;
    c.rip = CODE;
    c.controlChanged();
    return m;
  }

  /** Real mode, at {@link #CODE} with CS 0x1000, other segments 0. */
  public static TestMachine real(int tlbEntries) {
    TestMachine m = new TestMachine(tlbEntries);
    m.cpu.segment(Cpu.CS, 0x1000, CODE, 0xFFFF, 0x9B);
    m.cpu.r[Cpu.RSP] = STACK;
    m.cpu.rip = 0;
    return m;
  }

  /** Puts code where its origin says it is; in real mode CS is added by the caller's choice. */
  public TestMachine code(long address, Assembler assembler) {
    nucleus.writeRam(address, assembler.code(), 0, assembler.code().length);
    return this;
  }

  /** An interrupt gate. */
  public TestMachine handler(int number, long offset) {
    put(IDT + 8 * number, offset & 0xFFFF | 0x8E00_0008_0000L | offset >> 16 << 48, 8);
    return this;
  }

  /** 32-bit paging: identity of the first 4 MiB through a table at {@code directory + 4096}. */
  public TestMachine paging(long directory) {
    put(directory, directory + 0x1000 | 7, 4);
    for (int page = 0; page < 1024; page++) {
      put(directory + 0x1000 + 4 * page, page << 12 | 7, 4);
    }
    cpu.cr3 = directory;
    cpu.cr0 |= ControlRegisters.CR0_PG | ControlRegisters.CR0_WP;
    cpu.controlChanged();
    return this;
  }

  // ---- memory, as the board's DMA sees it ----

  public TestMachine put(long address, long value, int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (value >>> 8 * i);
    }
    nucleus.writeRam(address, bytes, 0, size);
    return this;
  }

  public long get(long address, int size) {
    byte[] bytes = new byte[size];
    nucleus.readRam(address, bytes, 0, size);
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (bytes[i] & 0xFFL) << 8 * i;
    }
    return value;
  }

  public void map(long address, long length, Backing backing) {
    map(address, length, backing, Visibility.ALWAYS);
  }

  public void map(long address, long length, Backing backing, Visibility visibility) {
    nucleus.map(Space.MEMORY, address, length, backing, visibility);
  }

  public void signal(Signal signal, int value) {
    nucleus.signal(0, signal, value);
  }

  // ---- what the board does ----

  public TestMachine reads(Access access) {
    reads = access;
    return this;
  }

  public TestMachine writes(Access access) {
    writes = access;
    return this;
  }

  /** Does something whenever the CPU drives a pin. */
  public TestMachine pins(Runnable action) {
    pins = action;
    return this;
  }

  /** Does something at a moment. */
  public TestMachine at(long moment, Runnable action) {
    events.put(moment, action);
    return this;
  }

  /** The vector that an acknowledge gives; INTR falls with it. */
  public TestMachine vector(int newVector) {
    vector = newVector;
    return this;
  }

  // ---- running ----

  /** Runs to a moment: in one slice, or in slices of so many ticks. */
  public TestMachine run(long until, long slice) {
    return stretch(() -> {
      while (cpu.now() < until && cpu.activity != Cpu.Activity.OFF) {
        machine.run(slice == 0 ? until : Math.min(until, cpu.now() + slice));
      }
    });
  }

  public TestMachine run(long until) {
    return run(until, 0);
  }

  /** Executes single instructions, or iterations: whatever takes the next ticks. */
  public TestMachine step(int count) {
    return stretch(() -> {
      for (int i = 0; i < count; i++) {
        machine.run(cpu.now() + 1);
      }
    });
  }

  private TestMachine stretch(Runnable run) {
    if (stretches++ >= REPLAYED) {
      run.run();
      return this;
    }
    ReplayedStretch stretch = new ReplayedStretch(config, machine);
    tap.board = stretch.outward(this);
    nucleus = stretch.inward(real);
    try {
      run.run();
    } finally {
      tap.board = this;
      nucleus = real;
    }
    stretch.check(tlbEntries == 1 ? 16 : 1);
    return this;
  }

  public Processor processor() {
    return processor;
  }

  public long r(int register) {
    return cpu.r[register];
  }

  // ---- the platform ----

  /** What the processor is plugged into: this board, or a recorder before it. */
  private final class Tap implements Platform {
    private Platform board = TestMachine.this;

    @Override
    public long read(long now, int id, Space space, long address, int size) {
      return board.read(now, id, space, address, size);
    }

    @Override
    public void write(long now, int id, Space space, long address, int size, long value) {
      board.write(now, id, space, address, size, value);
    }

    @Override
    public int acknowledgeInterrupt(long now, int id) {
      return board.acknowledgeInterrupt(now, id);
    }

    @Override
    public void pin(long now, int id, Pin pin, boolean level) {
      board.pin(now, id, pin, level);
    }

    @Override
    public long horizon() {
      return board.horizon();
    }

    @Override
    public void advance(long now) {
      board.advance(now);
    }

    @Override
    public long idle(long now, long until) {
      return board.idle(now, until);
    }
  }

  private void log(String what, Space space, long address, int size, long now) {
    log.add("%s %s %x %d @%d".formatted(what, space, address, size, now));
  }

  @Override
  public long read(long now, int id, Space space, long address, int size) {
    log("read", space, address, size, now);
    long value = reads.at(space, address, size);
    return size == 8 ? value : value & (1L << 8 * size) - 1;
  }

  @Override
  public void write(long now, int id, Space space, long address, int size, long value) {
    log("write", space, address, size, now);
    writes.at(space, address, size);
  }

  @Override
  public int acknowledgeInterrupt(long now, int id) {
    log.add("acknowledge @" + now);
    nucleus.signal(0, Signal.INTR, 0);
    return vector;
  }

  @Override
  public void pin(long now, int id, Pin pin, boolean level) {
    log.add("pin " + pin + " " + level + " @" + now);
    pins.run();
  }

  @Override
  public long horizon() {
    return events.isEmpty() ? Long.MAX_VALUE : events.firstKey();
  }

  @Override
  public void advance(long now) {
    if (!powered) {
      powered = true;
      map(0, 1 << 20, new Backing.Ram(0));
    }
    while (!events.isEmpty() && events.firstKey() <= now) {
      events.pollFirstEntry().getValue().run();
    }
  }

  @Override
  public long idle(long now, long until) {
    return Math.max(now, Math.min(until, horizon()));
  }
}
