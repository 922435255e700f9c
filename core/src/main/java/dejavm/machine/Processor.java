package dejavm.machine;

import dejavm.bus.Backing;
import dejavm.bus.Nucleus;
import dejavm.bus.Paged;
import dejavm.bus.Platform;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import dejavm.cpu.Cpu;
import dejavm.cpu.Engine;
import dejavm.cpu.Monitor;
import dejavm.cpu.interpret.Interpreter;
import dejavm.cpu.translate.Translator;
import dejavm.device.video.Vga;
import dejavm.memory.Mmu;
import dejavm.memory.PhysicalMemory;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/**
 * All that is inside the cpu boundary: CPU, RAM, the address map, the video adapter, and the engine
 * that runs them. What the board does to it comes in as {@link Nucleus}.
 */
public final class Processor implements Nucleus {
  private final PhysicalMemory memory;
  private final Router router;
  private final Mmu mmu;
  private final Cpu cpu;
  private final Vga video;
  private final Interpreter interpreter;
  private final Optional<Translator> translator;
  private final AddressSpaces addresses;
  private final Platform platform;
  private final Paged ram = new Ram();

  /**
   * @param execution how it is run, which the guest cannot observe
   * @param board makes the platform, given this as its nucleus
   */
  public Processor(
      MachineConfig config,
      InitialMemory initial,
      Execution execution,
      Function<Nucleus, Platform> board) {
    memory = new PhysicalMemory(config.memory());
    initial.pages().forEach(memory::writePage);
    platform = board.apply(this);
    router = new Router(0, platform);
    mmu = new Mmu(memory, router, execution.tlbEntries());
    cpu = new Cpu(0, mmu, router, config.cpu(), config.costs(), config.frequency());
    cpu.seedRandom(config.randomSeed());
    video = new Vga(cpu);
    addresses = new AddressSpaces(memory, router);
    router.connect(cpu, video.ports(), video.memory());
    if (execution.engine() == Execution.Kind.TRANSLATE) {
      translator = Optional.of(new Translator(cpu, execution.patience()));
      interpreter = translator.get().interpreter();
    } else {
      translator = Optional.empty();
      interpreter = new Interpreter(cpu);
      interpreter.predecode(execution.engine() == Execution.Kind.INTERPRET);
    }
  }

  public Cpu cpu() {
    return cpu;
  }

  public PhysicalMemory memory() {
    return memory;
  }

  public AddressSpaces addresses() {
    return addresses;
  }

  public Vga video() {
    return video;
  }

  public Engine engine() {
    return translator.isPresent() ? translator.get() : interpreter;
  }

  /** The engine, or what it leaves to the interpreter is executed by. */
  public Interpreter interpreter() {
    return interpreter;
  }

  /** The engine, if it translates. */
  public Optional<Translator> translator() {
    return translator;
  }

  public Platform platform() {
    return platform;
  }

  /** RAM as pages of state; to mark it clean takes back the write access that engines cached. */
  public Paged ram() {
    return ram;
  }

  // ---- what the board does ----

  @Override
  public void readRam(long address, byte[] into, int offset, int length) {
    for (int done = 0; done < length; ) {
      int part = part(address + done, length - done);
      long at = memory.deviceOffset(address + done);
      if (memory.inRam(at)) {
        memory.read(at, into, offset + done, part);
      } else {
        Arrays.fill(into, offset + done, offset + done + part, (byte) 0xFF);
      }
      done += part;
    }
  }

  @Override
  public void writeRam(long address, byte[] from, int offset, int length) {
    Monitor.stored(cpu);
    for (int done = 0; done < length; ) {
      int part = part(address + done, length - done);
      long at = memory.deviceOffset(address + done);
      if (memory.inRam(at)) {
        mmu.written(at, part);
        memory.write(at, from, offset + done, part);
      }
      done += part;
    }
  }

  private static int part(long address, int left) {
    return (int) Math.min(PhysicalMemory.PAGE_SIZE - address % PhysicalMemory.PAGE_SIZE, left);
  }

  @Override
  public void signal(int index, Signal signal, int value) {
    boolean level = value != 0;
    switch (signal) {
      case INTR -> cpu.intr = level;
      case NMI -> cpu.nmi = true;
      case SMI -> cpu.smi = true;
      case INIT -> cpu.init = true;
      case RESET -> {
        cpu.reset = true;
        video.leaveFrameBuffer();
      }
      case IGNNE -> cpu.ignne = level;
      case POWER_OFF -> cpu.activity = Cpu.Activity.OFF;
      case TASK_PRIORITY -> cpu.cr8 = value & 0xF;
      case A20 -> mmu.later(() -> mmu.a20(level));
      case SIPI ->
          throw new IllegalArgumentException("the boot processor takes no start-up interrupt");
    }
    cpu.updateAttention();
    mmu.disturbed = true;
  }

  @Override
  public void map(Space space, long address, long length, Backing backing, Visibility visibility) {
    mmu.later(() -> addresses.map(space, address, length, backing, visibility));
  }

  private final class Ram implements Paged {
    @Override
    public int pages() {
      return memory.pages();
    }

    @Override
    public void readPage(int page, byte[] into) {
      memory.readPage(page, into);
    }

    @Override
    public void writePage(int page, byte[] from) {
      mmu.written((long) page * PAGE, PAGE);
      memory.writePage(page, from);
    }

    @Override
    public int nextDirty(int from) {
      return memory.nextDirty(from);
    }

    @Override
    public void clean() {
      mmu.dropWriteAccess();
      memory.clean();
    }
  }
}
