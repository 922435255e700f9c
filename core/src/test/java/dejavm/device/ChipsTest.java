package dejavm.device;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Backing;
import dejavm.bus.Line;
import dejavm.bus.Mapped;
import dejavm.bus.Medium;
import dejavm.bus.Paged;
import dejavm.bus.Stateful;
import dejavm.device.disk.AhciController;
import dejavm.device.disk.AtaDisk;
import dejavm.device.disk.AtapiCdrom;
import dejavm.device.disk.Fdc82077;
import dejavm.device.disk.FloppyDrive;
import dejavm.device.disk.IdeChannel;
import dejavm.device.disk.OverlayDisk;
import dejavm.device.disk.TestDma;
import dejavm.device.disk.TestFloppyDma;
import dejavm.device.disk.TestMedium;
import dejavm.device.disk.TestRam;
import dejavm.device.input.I8042;
import dejavm.device.input.Ps2Keyboard;
import dejavm.device.input.Ps2Mouse;
import dejavm.device.irq.IoApic;
import dejavm.device.irq.LocalApic;
import dejavm.device.irq.PicPair;
import dejavm.device.pci.HostBridge;
import dejavm.device.pci.IsaBridge;
import dejavm.device.pci.PciBus;
import dejavm.device.pci.PowerManagement;
import dejavm.device.pci.VideoFunction;
import dejavm.device.serial.Uart16550;
import dejavm.device.system.DebugConsole;
import dejavm.device.system.DebugExit;
import dejavm.device.system.Dma8237;
import dejavm.device.system.DmaPages;
import dejavm.device.system.FirmwareConfig;
import dejavm.device.system.Port92;
import dejavm.device.system.PostPort;
import dejavm.device.system.ResetControl;
import dejavm.device.timer.CmosRtc;
import dejavm.device.timer.Hpet;
import dejavm.device.timer.Pit;
import dejavm.device.timer.Speaker;
import dejavm.device.timer.SystemPortB;
import dejavm.device.video.Vga;
import dejavm.machine.EventQueue;
import dejavm.machine.boot.FirmwareItems;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What every chip must stand: any access, being saved at any moment, time in slices of any size.
 */
class ChipsTest {
  private static final int STEPS = 1200;
  private static final int[] SIZES = {1, 2, 4, 8};

  /** A chip with all that surrounds it. */
  private static final class Specimen {
    final Workbench bench;
    final List<Stateful<?>> parts = new ArrayList<>();
    final List<Paged> memories = new ArrayList<>();
    final List<Mapped> ranges = new ArrayList<>();
    final List<Integer> lengths = new ArrayList<>();
    final List<Consumer<Random>> inputs = new ArrayList<>();

    final List<Boolean> levels = new ArrayList<>();

    /** The longest time that passes in one step. */
    long longest;

    /** A hash of every edge of every line; they may be millions. */
    long edges;

    Specimen(long frequency) {
      bench = new Workbench(frequency);
      longest = 2 * frequency;
    }

    Line line(String name) {
      int number = levels.size();
      levels.add(false);
      return level -> {
        if (levels.set(number, level) != level) {
          edges = edges * 31 + name.hashCode() + bench.time.now() * (level ? 3 : 5);
        }
      };
    }

    Runnable event(String name) {
      return () -> bench.log.add(name);
    }

    <T extends Stateful<?>> T part(T part) {
      parts.add(part);
      return part;
    }

    void map(Mapped device, int length) {
      ranges.add(device);
      lengths.add(length);
    }

    List<Object> state() {
      List<Object> states = new ArrayList<>();
      states.add(bench.time.state());
      parts.forEach(part -> states.add(part.state()));
      for (Paged memory : memories) {
        for (int page = 0; page < memory.pages(); page++) {
          // what an overlay lacks is not what it has zeros for
          byte[] bytes = new byte[memory.nextStored(page) == page ? Paged.PAGE : 0];
          if (bytes.length > 0) {
            memory.readPage(page, bytes);
          }
          states.add(bytes);
        }
      }
      return states;
    }

    void restore(List<Object> states) {
      bench.time.restore((EventQueue.State) states.get(0));
      int next = 1;
      for (Stateful<?> part : parts) {
        restore(part, states.get(next++));
      }
      for (Paged memory : memories) {
        for (int page = 0; page < memory.pages(); page++) {
          byte[] bytes = (byte[]) states.get(next++);
          if (bytes.length > 0) {
            memory.writePage(page, bytes);
          }
        }
      }
    }

    @SuppressWarnings("unchecked")
    private static <S extends Record> void restore(Stateful<S> part, Object state) {
      part.restore((S) state);
    }

    /** One thing that may happen to a chip. */
    void step(Random random) {
      int what = random.nextInt(20);
      if (what == 0 && !inputs.isEmpty()) {
        inputs.get(random.nextInt(inputs.size())).accept(random);
      } else if (what < 4) {
        bench.pass(random.nextLong((longest >> random.nextInt(20)) + 1));
      } else if (what < 5) {
        bench.time.advance(bench.time.now() + random.nextInt(5000));
      } else {
        int chosen = random.nextInt(ranges.size());
        int size = SIZES[random.nextInt(10) < 7 ? 0 : random.nextInt(4)];
        int offset = random.nextInt(lengths.get(chosen));
        if (random.nextBoolean()) {
          bench.log.add("read %x".formatted(ranges.get(chosen).read(offset, size)));
        } else {
          long value = random.nextLong() >>> 64 - 8 * size;
          ranges.get(chosen).write(offset, size, random.nextInt(3) == 0 ? value & 0x7F : value);
        }
      }
    }
  }

  /** A name and how to make one. */
  record Kind(String name, long frequency, Consumer<Specimen> build) {
    Specimen make() {
      Specimen specimen = new Specimen(frequency);
      build.accept(specimen);
      return specimen;
    }

    @Override
    public String toString() {
      return name + " at " + frequency;
    }
  }

  static Stream<Kind> kinds() {
    return Stream.of(1_000_000L, 333_333_331L, 10_000_000_000L)
        .flatMap(frequency ->
            Stream.of(
                new Kind("pics", frequency, ChipsTest::pics),
                new Kind("apics", frequency, ChipsTest::apics),
                new Kind("hpet", frequency, ChipsTest::hpet),
                new Kind("pit", frequency, ChipsTest::pit),
                new Kind("rtc", frequency, ChipsTest::rtc),
                new Kind("i8042", frequency, ChipsTest::i8042),
                new Kind("uart", frequency, s -> uart(s, 1)),
                new Kind("fast uart", frequency, s -> uart(s, 1000)),
                new Kind("pci", frequency, ChipsTest::pci),
                new Kind("system", frequency, ChipsTest::system),
                new Kind("firmware", frequency, ChipsTest::firmware),
                new Kind("ide", frequency, ChipsTest::ide),
                new Kind("ahci", frequency, ChipsTest::ahci),
                new Kind("floppy", frequency, ChipsTest::floppy),
                new Kind("vga", frequency, ChipsTest::vga)));
  }

  private static void pics(Specimen s) {
    PicPair pics = s.part(new PicPair(s.line("intr")));
    s.map(pics.master(), 2);
    s.map(pics.slave(), 2);
    s.map(pics.elcr(), 2);
    for (int irq = 0; irq < 16; irq++) {
      if (irq != 2) {
        Line line = pics.irq(irq);
        s.inputs.add(random -> line.set(random.nextBoolean()));
      }
    }
    s.inputs.add(random -> s.bench.log.add("vector " + pics.acknowledge()));
    s.inputs.add(random -> s.bench.log.add("vector " + pics.acknowledge()));
  }

  private static void apics(Specimen s) {
    // a timer of few clocks expires at every tick
    s.longest /= 10_000;
    IoApic[] ioApic = new IoApic[1];
    LocalApic apic =
        s.part(
            new LocalApic(
                s.bench.time,
                s.line("intr"),
                new LocalApic.Outside() {
                  @Override
                  public void nmi() {
                    s.bench.log.add("nmi");
                  }

                  @Override
                  public void smi() {
                    s.bench.log.add("smi");
                  }

                  @Override
                  public void init() {
                    s.bench.log.add("init");
                  }
                },
                priority -> s.bench.log.add("cr8 " + priority),
                () -> 8,
                vector -> ioApic[0].ended(vector)));
    ioApic[0] = s.part(new IoApic(apic::message));
    s.map(apic, 0x400);
    s.map(ioApic[0], 0x20);
    s.inputs.add(random -> s.bench.log.add("vector " + apic.acknowledge()));
    s.inputs.add(random -> ioApic[0].pin(random.nextInt(24)).set(random.nextBoolean()));
    s.inputs.add(random -> apic.pin(random.nextInt(2)).set(random.nextBoolean()));
    s.inputs.add(random -> apic.priority(random.nextInt(16)));
    s.inputs.add(random -> apic.base(random.nextInt(8) == 0 ? 0xFEE00000L : 0xFEE00800L));
    s.inputs.add(random -> {
      // registers, not just any address, so that something happens
      apic.write(0xF0, 4, 0x1FF);
      apic.write(random.nextInt(0x40) << 4, 4, random.nextInt(1 << random.nextInt(1, 20)));
      ioApic[0].write(0, 4, random.nextInt(0x40));
      ioApic[0].write(0x10, 4, random.nextInt(1 << random.nextInt(1, 20)));
    });
  }

  private static void hpet(Specimen s) {
    s.longest /= 10_000;
    Line[] pins = IntStream.range(0, 24).mapToObj(i -> s.line("pin" + i)).toArray(Line[]::new);
    Hpet hpet = s.part(new Hpet(s.bench.time, s.line("irq0"), s.line("irq8"), pins));
    s.map(hpet, 0x400);
    s.inputs.add(random -> hpet.pit().set(random.nextBoolean()));
    s.inputs.add(random -> hpet.clock().set(random.nextBoolean()));
    s.inputs.add(random -> {
      hpet.write(0x10, 4, random.nextInt(8) == 0 ? random.nextInt(4) : 1);
      int comparator = 0x100 + 0x20 * random.nextInt(3);
      hpet.write(comparator, 4, random.nextInt(1 << 14));
      hpet.write(comparator + 8, 4, hpet.read(0xF0, 4) + random.nextInt(10_000) & 0xFFFFFFFFL);
    });
  }

  private static void pit(Specimen s) {
    // a timer of two clocks makes a million edges a second
    s.longest /= 100;
    Speaker speaker = s.part(new Speaker(s.bench));
    Pit pit = s.part(new Pit(s.bench.time, s.line("irq0"), speaker));
    SystemPortB portB = s.part(new SystemPortB(s.bench.time, pit, speaker));
    s.map(pit, 4);
    s.map(portB, 1);
  }

  private static void rtc(Specimen s) {
    s.map(s.part(new CmosRtc(s.bench.time, s.line("irq8"), 1767225599L, 256 << 20, 0x40)), 2);
    Mapped rtc = s.ranges.getFirst();
    // registers of the clock, not just any of 128
    s.inputs.add(random -> rtc.write(0, 1, random.nextInt(14)));
    s.map((WriteOnly) (offset, value) -> rtc.write(0, 1, value & 0xF), 1);
  }

  /** A range that only takes writes. */
  private interface WriteOnly extends ByteWide {
    void accept(int offset, int value);

    @Override
    default int readByte(int offset) {
      return 0;
    }

    @Override
    default void writeByte(int offset, int value) {
      accept(offset, value);
    }
  }

  private static void i8042(Specimen s) {
    Ps2Keyboard keyboard = s.part(new Ps2Keyboard(s.bench.time, s.bench));
    Ps2Mouse mouse = s.part(new Ps2Mouse(s.bench.time));
    I8042 controller =
        new I8042(
            s.bench.time,
            s.line("irq1"),
            s.line("irq12"),
            s.line("a20"),
            s.event("reset"),
            keyboard,
            mouse);
    s.map(s.part(controller), 5);
    s.inputs.add(random ->
        keyboard.key(random.nextInt(0x100) | (random.nextInt(4) == 0 ? 0xE000 : 0), true));
    s.inputs.add(random -> keyboard.key(random.nextInt(0x100), false));
    s.inputs.add(random -> keyboard.key(0xE11D, true));
    s.inputs.add(random -> {
      // what drivers say to the mouse; bytes at random are seldom sensible
      controller.write(4, 1, 0xD4);
      controller.write(0, 1, 0xE6 + random.nextInt(26));
    });
    s.inputs.add(random -> {
      controller.write(4, 1, 0xD4);
      controller.write(0, 1, 0xF3);
      controller.write(4, 1, 0xD4);
      controller.write(0, 1, random.nextInt(201));
    });
    s.inputs.add(random -> keyboard.send(0xED + random.nextInt(18)));
    s.inputs.add(random -> mouse.move(random.nextInt(), random.nextInt(), -3, random.nextInt()));
  }

  private static void uart(Specimen s, int speed) {
    Uart16550 uart = s.part(new Uart16550(s.bench.time, s.line("irq4"), s.bench, 0, speed));
    uart.reset();
    s.map(uart, 8);
    s.inputs.add(random -> {
      byte[] bytes = new byte[random.nextInt(uart.credits() + 1)];
      random.nextBytes(bytes);
      uart.receive(bytes);
    });
  }

  private static void pci(Specimen s) {
    ResetControl reset =
        s.part(new ResetControl(s.event("reset cpu"), s.event("reset everything")));
    PciBus bus = s.part(new PciBus(regions -> {}, reset));
    Line[] irqs = IntStream.range(0, 16).mapToObj(irq -> s.line("irq" + irq)).toArray(Line[]::new);
    IsaBridge isa = s.part(new IsaBridge(irqs));
    PowerManagement power =
        s.part(new PowerManagement(s.bench.time, s.line("sci"), s.event("smi"), s.event("off")));
    bus.add(0, 0, s.part(new HostBridge(s.event("remap"))));
    bus.add(1, 0, isa);
    bus.add(1, 3, power);
    Backing video = new Backing.Video(0);
    bus.add(2, 0, s.part(new VideoFunction(video, 1 << 24, video, new byte[5000])));
    s.map(bus, 8);
    s.map(power.registers(), 64);
    s.map(power.smiPorts(), 2);
    s.inputs.add(random -> isa.pirq(random.nextInt(4)).set(random.nextBoolean()));
    s.inputs.add(random -> power.pushPowerButton());
    s.inputs.add(random -> power.gpe(random.nextInt(16)).set(true));
    s.inputs.add(random ->
        bus.write(0, 4, 0x80000000L | random.nextInt(0, 0x10) << 8 | random.nextInt(256)));
  }

  private static void system(Specimen s) {
    s.map(s.part(new Port92(s.line("a20"), s.event("reset"))), 1);
    s.map(s.part(new PostPort()), 1);
    FakeRam ram = new FakeRam(1 << 16, s.bench.log, true);
    DmaPages pages = s.part(new DmaPages());
    for (int first : new int[] {0, 4}) {
      Dma8237 dma = s.part(new Dma8237(ram, pages, first));
      s.map(dma, first == 0 ? 16 : 32);
      byte[] bytes = new byte[600];
      s.inputs.add(random -> {
        // any channel open in any mode
        dma.writeByte(first == 0 ? 11 : 22, random.nextInt(256));
        dma.writeByte(first == 0 ? 14 : 28, 0);
        s.bench.log.add(
            dma.channel(random.nextInt(4)).store(bytes, 0, random.nextInt(600)).toString());
        s.bench.log.add(
            dma.channel(random.nextInt(4)).load(bytes, 0, random.nextInt(600)).toString());
      });
    }
    s.map(pages, 15);
    s.map(new DebugConsole(s.bench), 1);
    s.map(new DebugExit(s.bench, s.event("off")), 4);
  }

  private static void ide(Specimen s) {
    TestDma dma = s.part(new TestDma());
    OverlayDisk overlay = new OverlayDisk(new TestMedium("disk0", 3000, 1), s.bench);
    AtaDisk disk = s.part(new AtaDisk(s.bench.time, 0, overlay, dma));
    List<Medium> discs = List.of(new TestMedium("cd0", 900, 2), new TestMedium("cd1", 800, 3));
    AtapiCdrom cdrom = s.part(new AtapiCdrom(s.bench.time, 1, discs, dma));
    s.memories.add(overlay);
    IdeChannel channel = s.part(new IdeChannel(s.line("irq14"), dma, disk, cdrom));
    s.map(channel.commandBlock(), 8);
    s.map(channel.controlBlock(), 1);
    Mapped ports = channel.commandBlock();
    int[] commands = {
      0x20, 0x24, 0x25, 0x29, 0x30, 0x34, 0x35, 0x39, 0x40, 0x42, 0x90, 0x91, 0xA0, 0xA1, 0xC4,
      0xC5, 0xC6, 0xC8, 0xCA, 0xE5, 0xE7, 0xEC, 0xEF, 0xF8, 0x27, 0x08, 0xA0, 0xA0
    };
    s.inputs.add(random -> {
      // a request as drivers make it; registers at random are seldom one
      ports.write(6, 1, 0x40 | random.nextInt(2) << 4);
      for (int register = 1; register < 6; register++) {
        ports.write(register, 1, register == 5 ? 0 : random.nextInt(10));
      }
      ports.write(7, 1, commands[random.nextInt(commands.length)]);
    });
    int[] packets = {0, 3, 0x12, 0x1B, 0x1E, 0x25, 0x28, 0x43, 0x46, 0x4A, 0x51, 0x5A, 0xA8, 0xBE};
    s.inputs.add(random -> {
      ports.write(0, 4, packets[random.nextInt(packets.length)] | random.nextInt() << 8 & 0x1F0300);
      ports.write(0, 4, random.nextInt(4) << 8);
      ports.write(0, 4, random.nextInt() & 0xFFFF_FFFFL);
    });
    s.inputs.add(random -> {
      for (int i = random.nextInt(128); i >= 0; i--) {
        s.bench.log.add("data %x".formatted(ports.read(0, 4)));
        ports.write(0, 4, i);
      }
    });
    s.inputs.add(random -> dma.start(random.nextInt(4) == 0 ? 0 : random.nextInt(1 << 15)));
    s.inputs.add(random -> dma.start(1 << 20));
    s.inputs.add(random -> cdrom.change(random.nextBoolean() ? "cd1" : ""));
    s.inputs.add(random -> cdrom.change("cd0"));
    s.inputs.add(random -> {
      if (random.nextInt(20) == 0) {
        disk.fault(random.nextInt(3000));
        cdrom.fault(random.nextInt(900));
      }
    });
  }

  private static void floppy(Specimen s) {
    TestFloppyDma dma = s.part(new TestFloppyDma());
    List<OverlayDisk> disks = new ArrayList<>();
    for (TestMedium medium :
        List.of(new TestMedium("fda0", 2880, 1), new TestMedium("fda1", 1440, 2))) {
      disks.add(OverlayDisk.floppy(medium, s.bench));
    }
    s.memories.addAll(disks);
    FloppyDrive first = s.part(new FloppyDrive(disks));
    FloppyDrive second = s.part(new FloppyDrive(List.of()));
    Fdc82077 fdc = s.part(new Fdc82077(s.bench.time, s.line("irq6"), dma, first, second));
    s.map(fdc, 8);
    int[][] commands = {
      {0x46, 9}, {0xE6, 9}, {0x45, 9}, {0xC5, 9}, {0x49, 9}, {0x4C, 9}, {0x6C, 9}, {0x42, 9},
      {0x56, 9}, {0xF6, 9}, {0x4D, 6}, {0x4A, 2}, {0x0F, 3}, {0x8F, 3}, {0xCF, 3}, {0x07, 2},
      {0x03, 3}, {0x04, 2}, {0x08, 1}, {0x0E, 1}, {0x12, 2}, {0x13, 4}, {0x94, 1}, {0x18, 1}
    };
    s.inputs.add(random -> {
      // a command as drivers give it, once results are out of the way
      for (int i = 0; i < 10; i++) {
        fdc.readByte(5);
      }
      int[] command = commands[random.nextInt(commands.length)];
      int[] usual = {random.nextInt(6), random.nextInt(4), random.nextInt(2), 1, 2, 18, 27, 255};
      fdc.writeByte(5, command[0]);
      for (int i = 1; i < command[1]; i++) {
        boolean odd = random.nextInt(30) == 0;
        fdc.writeByte(5, odd ? random.nextInt(256) : usual[i - 1]);
      }
    });
    s.inputs.add(random -> fdc.writeByte(2, 0x1C | random.nextInt(2) << 5));
    s.inputs.add(random -> fdc.writeByte(7, random.nextInt(8) == 0 ? 1 : 2 * random.nextInt(2)));
    s.inputs.add(random -> {
      for (int i = random.nextInt(600); i >= 0; i--) {
        s.bench.log.add("data %x".formatted(fdc.readByte(5)));
        if (random.nextInt(4) != 0) {
          fdc.writeByte(5, i);
        }
      }
    });
    s.inputs.add(random -> dma.start(random.nextInt(3000)));
    s.inputs.add(random -> dma.start(1 << 20));
    s.inputs.add(random -> first.change(random.nextBoolean() ? "fda1" : ""));
    s.inputs.add(random -> first.change("fda0"));
    s.inputs.add(random -> {
      if (random.nextInt(20) == 0) {
        first.fault(random.nextInt(300));
      }
    });
  }

  private static void ahci(Specimen s) {
    TestRam ram = s.part(new TestRam(1 << 16));
    AhciController ahci = s.part(new AhciController(ram, s.line("pirq")));
    for (int bay = 4; bay < 6; bay++) {
      OverlayDisk overlay = new OverlayDisk(new TestMedium("disk" + bay, 300, bay), s.bench);
      s.memories.add(overlay);
      AtaDisk disk = s.part(new AtaDisk(s.bench.time, bay, overlay, ahci.port(bay - 4)));
      ahci.port(bay - 4).plug(disk);
      s.inputs.add(random -> {
        if (random.nextInt(20) == 0) {
          disk.fault(random.nextInt(300));
        }
      });
    }
    ahci.reset();
    s.map(ahci, 0x200);
    int[] commands = {0x24, 0x25, 0x34, 0x35, 0x20, 0xC8, 0xCA, 0xEC, 0xEF, 0xEA, 0x42, 0xFE};
    s.inputs.add(random -> {
      // a port as drivers set it up, and a command
      int port = 0x100 + 0x80 * random.nextInt(3);
      int slot = random.nextInt(4);
      ahci.write(port, 4, 0x1000);
      ahci.write(port + 0x08, 4, 0x1800);
      ahci.write(port + 0x14, 4, -1L >>> 32);
      ahci.write(port + 0x18, 4, 0x11);
      ram.put(0x1000 + 32 * slot, 5 | random.nextInt(3) << 16);
      ram.put(0x1000 + 32 * slot + 8, 0x2000);
      ram.put(0x2000, commands[random.nextInt(commands.length)] << 16 | 0x8027);
      ram.put(0x2004, 0x40000000 | random.nextInt(310));
      ram.put(0x200C, random.nextInt(12));
      for (int i = 0; i < 3; i++) {
        ram.put(0x2080 + 16 * i, random.nextInt(0x11000));
        ram.put(0x2080 + 16 * i + 12, random.nextInt(5000));
      }
      ahci.write(port + 0x38, 4, 1L << slot);
    });
  }

  private static void vga(Specimen s) {
    Vga vga = s.part(new Vga(s.bench.time));
    s.memories.add(vga.ram());
    s.map(vga.ports(), 0x33);
    s.map(vga.memory(), 0x20000);
    s.map(new Within(vga.memory(), Vga.FRAME_BUFFER), 0x40000);
    s.map(new Within(vga.memory(), Vga.REGISTERS), 0x1000);
    s.inputs.add(random -> {
      // registers of the frame buffer, not just any of 65536
      vga.ports().write((int) Vga.DISPI_PORTS, 2, random.nextInt(11));
      vga.ports().write((int) Vga.DISPI_PORTS + 1, 2, random.nextInt(1 << random.nextInt(1, 12)));
    });
    s.inputs.add(random -> s.bench.log.add(String.join("\n", vga.text())));
  }

  /** Part of a device's range. */
  private record Within(Mapped device, long start) implements Mapped {
    @Override
    public long read(int offset, int size) {
      return device.read((int) start + offset, size);
    }

    @Override
    public void write(int offset, int size, long value) {
      device.write((int) start + offset, size, value);
    }
  }

  private static void firmware(Specimen s) {
    FakeRam ram = new FakeRam(1 << 16, s.bench.log, true);
    new Random(1).nextBytes(ram.bytes);
    for (int i = 0; i < ram.bytes.length; i += 16) {
      ram.bytes[i + 4] = 0; // the length of a transfer: not the whole of memory
      ram.bytes[i + 5] = 0;
    }
    FirmwareConfig config =
        s.part(new FirmwareConfig(ram, FirmwareItems.of(256 << 20, false, new byte[0])));
    s.map(config.selector(), 2);
    s.map(config.dma(), 8);
    s.inputs.add(random -> config.selector().write(0, 2, random.nextInt(0x30)));
    s.inputs.add(random -> config.dma().write(4, 4, random.nextInt(0x1000) << 4));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void anyAccessIsAnswered(Kind kind) {
    Specimen specimen = kind.make();
    Random random = new Random(1);
    for (Mapped range : specimen.ranges) {
      for (int offset : new int[] {-1, 0, 1, 7, 255, 0x1FFFF, Integer.MAX_VALUE - 8}) {
        for (int size : SIZES) {
          long value = range.read(offset, size);
          assertThat(size == 8 ? 0 : value >>> 8 * size).isZero();
          range.write(offset, size, random.nextLong() >>> 64 - 8 * size);
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void savingAndRestoringLeavesNoTrace(Kind kind) {
    for (int seed = 0; seed < 3; seed++) {
      Specimen first = kind.make();
      Random random = new Random(seed);
      for (int i = 0; i < STEPS; i++) {
        first.step(random);
      }
      List<Object> saved = first.state();
      Specimen second = kind.make();
      second.restore(saved);
      assertThat(texts(second.state())).isEqualTo(texts(saved));
      first.bench.log.clear();
      second.bench.log.clear();
      second.levels.clear();
      second.levels.addAll(first.levels);
      second.edges = first.edges;
      continueAlike(first, second, seed);
    }
  }

  private static void continueAlike(Specimen first, Specimen second, int seed) {
    Random one = new Random(seed + 1000);
    Random two = new Random(seed + 1000);
    for (int i = 0; i < STEPS; i++) {
      first.step(one);
      second.step(two);
    }
    assertThat(second.bench.log).isEqualTo(first.bench.log);
    assertThat(second.edges).isEqualTo(first.edges);
    assertThat(texts(second.state())).isEqualTo(texts(first.state()));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyStateCanBeRestored(Kind kind) {
    Specimen specimen = kind.make();
    Specimen other = kind.make();
    Random random = new Random(31);
    for (int i = 0; i < STEPS; i++) {
      specimen.step(random);
      if (i % (specimen.memories.isEmpty() ? 4 : 200) == 0) {
        List<Object> saved = specimen.state();
        other.restore(saved);
        assertThat(texts(other.state())).isEqualTo(texts(saved));
      }
    }
  }

  /** States part by part, arrays too; quicker than comparing by reflection. */
  private static List<String> texts(List<Object> states) {
    return states.stream().map(ChipsTest::text).toList();
  }

  private static String text(Object state) {
    return switch (state) {
      case byte[] page when page.length == Paged.PAGE -> "page " + checksum(page);
      case Record composite -> composite.getClass().getName() + text(components(composite));
      case List<?> list -> list.stream().map(ChipsTest::text).toList().toString();
      case byte[] bytes -> Arrays.toString(bytes);
      case short[] numbers -> Arrays.toString(numbers);
      case int[] numbers -> Arrays.toString(numbers);
      case long[] numbers -> Arrays.toString(numbers);
      case boolean[] levels -> Arrays.toString(levels);
      default -> state.toString();
    };
  }

  private static long checksum(byte[] page) {
    CRC32C crc = new CRC32C();
    crc.update(page);
    return crc.getValue();
  }

  private static List<Object> components(Record composite) {
    List<Object> values = new ArrayList<>();
    for (RecordComponent component : composite.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        values.add(component.getAccessor().invoke(composite));
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(e);
      }
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void timeInSlicesIsTheSameTime(Kind kind) {
    Specimen whole = kind.make();
    Specimen sliced = kind.make();
    Random one = new Random(77);
    Random two = new Random(77);
    Random slices = new Random(5);
    for (int i = 0; i < STEPS; i++) {
      whole.step(one);
      sliced.step(two);
      long target = whole.bench.time.now() + slices.nextLong(whole.longest / 1000 + 2);
      whole.bench.until(target);
      while (sliced.bench.time.now() < target) {
        long step = slices.nextLong(1, target - sliced.bench.time.now() + 1);
        sliced.bench.until(sliced.bench.time.now() + step);
      }
    }
    assertThat(sliced.bench.log).isEqualTo(whole.bench.log);
    assertThat(sliced.edges).isEqualTo(whole.edges);
    assertThat(texts(sliced.state())).isEqualTo(texts(whole.state()));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void lookingLeavesNoTrace(Kind kind) {
    Specimen watched = kind.make();
    Specimen alone = kind.make();
    Random one = new Random(3);
    Random two = new Random(3);
    for (int i = 0; i < 300; i++) {
      watched.step(one);
      alone.step(two);
      watched.state();
    }
    assertThat(texts(watched.state())).isEqualTo(texts(alone.state()));
  }
}
