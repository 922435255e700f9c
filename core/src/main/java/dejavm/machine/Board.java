package dejavm.machine;

import dejavm.bus.AddressMap;
import dejavm.bus.Backing;
import dejavm.bus.Derived;
import dejavm.bus.Input;
import dejavm.bus.Inputs;
import dejavm.bus.Line;
import dejavm.bus.Mapped;
import dejavm.bus.MasterChannel;
import dejavm.bus.Medium;
import dejavm.bus.Nucleus;
import dejavm.bus.Outputs;
import dejavm.bus.Paged;
import dejavm.bus.Pin;
import dejavm.bus.Platform;
import dejavm.bus.Signal;
import dejavm.bus.Space;
import dejavm.bus.Stateful;
import dejavm.bus.Visibility;
import dejavm.bus.Wire;
import dejavm.cpu.Msrs;
import dejavm.device.ByteWide;
import dejavm.device.disk.AhciController;
import dejavm.device.disk.AtaDevice;
import dejavm.device.disk.AtaDisk;
import dejavm.device.disk.AtapiCdrom;
import dejavm.device.disk.Fdc82077;
import dejavm.device.disk.FloppyDrive;
import dejavm.device.disk.IdeChannel;
import dejavm.device.disk.OverlayDisk;
import dejavm.device.input.I8042;
import dejavm.device.input.Ps2Keyboard;
import dejavm.device.input.Ps2Mouse;
import dejavm.device.irq.IoApic;
import dejavm.device.irq.LocalApic;
import dejavm.device.irq.PicPair;
import dejavm.device.pci.AhciFunction;
import dejavm.device.pci.HostBridge;
import dejavm.device.pci.IdeController;
import dejavm.device.pci.IsaBridge;
import dejavm.device.pci.PciBus;
import dejavm.device.pci.Placement;
import dejavm.device.pci.PowerManagement;
import dejavm.device.pci.VideoFunction;
import dejavm.device.serial.Uart16550;
import dejavm.device.system.DebugConsole;
import dejavm.device.system.DebugExit;
import dejavm.device.system.Dma8237;
import dejavm.device.system.DmaPages;
import dejavm.device.system.FirmwareConfig;
import dejavm.device.system.NumericErrorLatch;
import dejavm.device.system.Port92;
import dejavm.device.system.PostPort;
import dejavm.device.system.ResetControl;
import dejavm.device.timer.CmosRtc;
import dejavm.device.timer.Hpet;
import dejavm.device.timer.Pit;
import dejavm.device.timer.Speaker;
import dejavm.device.timer.SystemPortB;
import dejavm.device.video.Vga;
import dejavm.device.video.VideoRam;
import dejavm.machine.boot.AcpiTables;
import dejavm.machine.boot.FirmwareItems;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.stream.IntStream;

/**
 * The mainboard of a PC, modelled on QEMU's {@code pc}: the chips, and the wires between them.
 *
 * <p>Everything here is synchronous: a chip does something only while the CPU asks it to, or when
 * time reaches what it waits for. Power comes on with the first {@link #advance}.
 */
public final class Board implements Platform, Stateful<Board.State> {
  /** Whether power has come on. */
  public record State(boolean powered) {}

  private static final long MEBIBYTE = 1 << 20;

  /** The pin of the IOAPIC where the timer is: that of IRQ 2, which is the cascade. */
  private static final int TIMER_PIN = 2;

  /** The end of physical memory that can be addressed, and of the ROM. */
  private static final long TOP = 1L << 32;

  private static final int AHCI_SLOT = 4;

  /**
   * Where a video adapter on the ISA bus has its frame buffer. Source: Bochs, VBE DISPI interface.
   */
  private static final long ISA_FRAME_BUFFER = 0xE0000000L;

  /** The DMA channel of the floppy controller. */
  private static final int FLOPPY_CHANNEL = 2;

  /**
   * Serial lines are this much faster than they say: kernels wait for each byte of their console by
   * counting, and a console at the true rate costs instructions and guest time for nothing.
   */
  private static final int SERIAL_SPEED = 64;

  private final MachineConfig config;
  private final InitialMemory initial;
  private final Nucleus nucleus;
  private final Inputs inputs;
  private final Outputs outputs;

  private final SequencedMap<String, Stateful<?>> components = new LinkedHashMap<>();
  private final SequencedMap<String, Paged> pages = new LinkedHashMap<>();
  private final List<Runnable> resets = new ArrayList<>();
  private final AddressMap ports = new AddressMap();
  private final AddressMap memory = new AddressMap();

  private final EventQueue time;
  private final LocalApic apic;
  private final IoApic ioApic;
  private final PicPair pic;
  private final Ps2Keyboard keyboard;
  private final Ps2Mouse mouse;
  private final List<Uart16550> serial;
  private final PciBus pci;
  private final PowerManagement power;
  private final Shadow shadow;
  private final NumericErrorLatch numericError;
  private final AtaDevice[] drives;
  private final FloppyDrive[] floppies = new FloppyDrive[2];
  private boolean powered;

  @Derived("follows from the registers of PCI functions")
  private final List<Placement> placed = new ArrayList<>();

  @Derived("the nucleus, which has a state of its own, is not told while this lasts")
  private boolean restoring;

  @Derived("lives for one platform call")
  private String resetCause;

  /** Wires a board; nothing happens before the first {@link #advance}. */
  public Board(
      MachineConfig config,
      InitialMemory initial,
      Drives bays,
      Nucleus nucleus,
      Inputs inputs,
      Outputs outputs) {
    this.config = config;
    this.initial = initial;
    this.nucleus = nucleus;
    this.inputs = inputs;
    this.outputs = outputs;
    components.put("board", this);
    time = add("time", new EventQueue(config.frequency()));

    // Interrupts.
    apic = add("apic", localApic());
    ioApic = add("ioapic", new IoApic(apic::message));
    pic = add("pic", new PicPair(apic.pin(0)));
    resets.add(apic::reset);
    resets.add(ioApic::reset);
    resets.add(pic::reset);
    memory.map(AcpiTables.IO_APIC, 0x1000, ioApic);
    Wire[] irq = new Wire[16];
    for (int i = 0; i < irq.length; i++) {
      irq[i] = add("irq" + i, new Wire(i == 2 ? Line.NONE : request(i)));
    }
    numericError =
        add(
            "numeric-error",
            new NumericErrorLatch(
                irq[13].source(), level -> nucleus.signal(0, Signal.IGNNE, level ? 1 : 0)));
    resets.add(numericError::reset);
    ports.map(0xF0, 1, numericError);
    ports.map(0x20, 2, pic.master());
    ports.map(0xA0, 2, pic.slave());
    ports.map(0x4D0, 2, pic.elcr());

    // Timers.
    Speaker speaker = add("speaker", new Speaker(outputs));
    Line[] pins = IntStream.range(0, IoApic.PINS).mapToObj(ioApic::pin).toArray(Line[]::new);
    Hpet hpet = add("hpet", new Hpet(time, irq[0].source(), irq[8].source(), pins));
    resets.add(hpet::reset);
    memory.map(AcpiTables.HPET, 0x400, hpet);
    Pit pit = add("pit", new Pit(time, hpet.pit(), speaker));
    SystemPortB portB = add("port61", new SystemPortB(time, pit, speaker));
    CmosRtc rtc =
        add(
            "rtc",
            new CmosRtc(
                time, hpet.clock(), config.rtcStart(), config.memory(), bays.floppyTypes()));
    bootOrder(rtc);
    resets.add(pit::reset);
    resets.add(portB::reset);
    resets.add(rtc::reset);
    ports.map(0x40, 4, pit);
    ports.map(0x61, 1, portB);
    ports.map(0x70, 2, rtc);

    // Address line 20 passes if any of its gates lets it.
    Wire a20 = add("a20", new Wire(level -> nucleus.signal(0, Signal.A20, level ? 1 : 0)));
    Port92 port92 = add("port92", new Port92(a20.source(), () -> reset("port 92")));
    resets.add(port92::reset);
    ports.map(0x92, 1, port92);

    // Keyboard and mouse.
    keyboard = add("keyboard", new Ps2Keyboard(time, outputs));
    mouse = add("mouse", new Ps2Mouse(time));
    I8042 i8042 =
        add(
            "i8042",
            new I8042(
                time,
                irq[1].source(),
                irq[12].source(),
                a20.source(),
                () -> reset("keyboard controller"),
                keyboard,
                mouse));
    resets.add(keyboard::reset);
    resets.add(mouse::reset);
    resets.add(i8042::reset);
    ports.map(0x60, 1, i8042);
    ports.map(0x64, 1, new Shifted(i8042, 4));

    // Serial ports.
    serial =
        List.of(
            add("com1", new Uart16550(time, irq[4].source(), outputs, 0, SERIAL_SPEED)),
            add("com2", new Uart16550(time, irq[3].source(), outputs, 1, SERIAL_SPEED)));
    serial.forEach(port -> resets.add(port::reset));
    ports.map(0x3F8, 8, serial.get(0));
    ports.map(0x2F8, 8, serial.get(1));

    // The ISA DMA controllers.
    DmaPages dmaPages = add("dma-pages", new DmaPages());
    Dma8237 dma1 = add("dma1", new Dma8237(nucleus, dmaPages, 0));
    Dma8237 dma2 = add("dma2", new Dma8237(nucleus, dmaPages, 4));
    resets.add(dma1::reset);
    resets.add(dma2::reset);
    resets.add(dmaPages::reset);
    ports.map(0x00, 0x10, dma1);
    ports.map(0xC0, 0x20, dma2);

    // The floppy controller, which works through a DMA channel.
    for (Drives.Drive drive : bays.all()) {
      if (drive.kind() == Drives.Kind.FLOPPY) {
        int number = drive.bay() - Drives.FIRST_FLOPPY;
        floppies[number] = add("floppy" + number, floppy(drive));
      }
    }
    Fdc82077 fdc =
        add("fdc", new Fdc82077(time, irq[6].source(), dma1.channel(FLOPPY_CHANNEL), floppies));
    resets.add(fdc::reset);
    ports.map(0x3F0, 6, fdc);
    ports.map(0x3F7, 1, new Shifted(fdc, 7));

    // PCI: host bridge, ISA bridge, power management.
    ResetControl resetControl =
        add("reset-control", new ResetControl(() -> reset("port CF9"), () -> reset("port CF9")));
    pci = add("pci", new PciBus(this::place, resetControl));
    HostBridge hostBridge = add("host-bridge", new HostBridge(this::mapShadow));
    boolean isaVideo = config.video() == MachineConfig.Video.ISA;
    byte[] card = isaVideo ? initial.videoRom() : new byte[0];
    shadow = new Shadow(nucleus, hostBridge, initial.rom(), config.aliasLength(), card);
    Line[] isaIrqs = new Line[16];
    for (int i = 0; i < isaIrqs.length; i++) {
      isaIrqs[i] = irq[i].source();
    }
    IsaBridge isaBridge = add("isa-bridge", new IsaBridge(isaIrqs));
    power =
        add(
            "power",
            new PowerManagement(
                time, irq[9].source(), () -> nucleus.signal(0, Signal.SMI, 1), this::powerOff));
    pci.add(0, 0, hostBridge);
    pci.add(1, 0, isaBridge);
    pci.add(1, 3, power);
    if (!isaVideo) {
      VideoFunction video = add("video-function", video());
      resets.add(video::reset);
      pci.add(2, 0, video);
    }

    // Disks: two IDE channels, a function of the ISA bridge.
    IdeController ide = add("ide", new IdeController(nucleus, irq[14].source(), irq[15].source()));
    drives = new AtaDevice[Drives.FIRST_FLOPPY];
    AhciController ahci =
        new AhciController(nucleus, isaBridge.pirq(IsaBridge.pirqOf(AHCI_SLOT, 0)));
    for (Drives.Drive drive : bays.all()) {
      int bay = drive.bay();
      if (bay < Drives.FIRST_SATA) {
        drives[bay] = drive(drive, ide.dma(bay / 2));
      } else if (bay < Drives.FIRST_FLOPPY) {
        drives[bay] = drive(drive, ahci.port(bay - Drives.FIRST_SATA));
      }
    }
    IdeChannel ide0 = add("ide0", channel(ide, 0));
    IdeChannel ide1 = add("ide1", channel(ide, 1));
    pci.add(1, 1, ide);
    if (bays.sata()) {
      sata(ahci);
    }
    resets.add(ide::reset);
    resets.add(ide0::reset);
    resets.add(ide1::reset);
    ports.map(0x1F0, 8, ide0.commandBlock());
    ports.map(0x3F6, 1, ide0.controlBlock());
    ports.map(0x170, 8, ide1.commandBlock());
    ports.map(0x376, 1, ide1.controlBlock());

    resets.add(resetControl::reset);
    resets.add(hostBridge::reset);
    resets.add(isaBridge::reset);
    resets.add(power::reset);
    resets.add(pci::reset);
    ports.map(0xCF8, 8, pci);
    ports.map(0xB2, 2, power.smiPorts());

    // What firmware asks.
    FirmwareConfig firmware =
        add(
            "firmware-config",
            new FirmwareConfig(
                nucleus, FirmwareItems.of(config.memory(), config.boot().menu(), card)));
    resets.add(firmware::reset);
    ports.map(0x510, 2, firmware.selector());
    ports.map(0x514, 8, firmware.dma());

    // Diagnostics.
    PostPort post = add("post", new PostPort());
    resets.add(post::reset);
    ports.map(0x80, 1, post);
    ports.map(0x81, 0xF, dmaPages);
    DebugConsole console = new DebugConsole(outputs);
    ports.map(0xE9, 1, console);
    ports.map(0x402, 1, console);
    if (config.debugExit()) {
      ports.map(0xF4, 4, new DebugExit(outputs, () -> nucleus.signal(0, Signal.POWER_OFF, 0)));
    }

    // Memory that the board is not asked for, where no device can be put.
    memory.map(0, Shadow.START, Nothing.HERE);
    memory.map(Shadow.START, Shadow.LENGTH, shadow);
    if (config.memory() > MEBIBYTE) {
      memory.map(MEBIBYTE, config.memory() - MEBIBYTE, Nothing.HERE);
    }
    memory.map(TOP - initial.rom().length, initial.rom().length, Nothing.HERE);
    if (isaVideo) {
      memory.map(ISA_FRAME_BUFFER, VideoRam.SIZE, Nothing.HERE);
    }
  }

  private VideoFunction video() {
    return new VideoFunction(
        new Backing.Video(Vga.FRAME_BUFFER),
        VideoRam.SIZE,
        new Backing.Video(Vga.REGISTERS),
        initial.videoRom());
  }

  private LocalApic localApic() {
    return new LocalApic(
        time,
        level -> nucleus.signal(0, Signal.INTR, level ? 1 : 0),
        new LocalApic.Outside() {
          @Override
          public void nmi() {
            nucleus.signal(0, Signal.NMI, 1);
          }

          @Override
          public void smi() {
            nucleus.signal(0, Signal.SMI, 1);
          }

          @Override
          public void init() {
            nucleus.signal(0, Signal.INIT, 1);
          }
        },
        priority -> nucleus.signal(0, Signal.TASK_PRIORITY, priority),
        () -> pic.acknowledge(),
        vector -> ioApic.ended(vector));
  }

  /**
   * An interrupt request goes to the 8259s and to the IOAPIC, to the pin of its number but for the
   * timer's.
   */
  private Line request(int number) {
    Line input = pic.irq(number);
    Line pin = ioApic.pin(number == 0 ? TIMER_PIN : number);
    return level -> {
      input.set(level);
      pin.set(level);
    };
  }

  /** Where SeaBIOS and the BIOS of Bochs look for what to boot from: three nibbles. */
  private void bootOrder(CmosRtc rtc) {
    int nibbles = 0;
    for (int i = 0; i < config.boot().order().length(); i++) {
      nibbles |= 1 + "acdn".indexOf(config.boot().order().charAt(i)) << 4 * i;
    }
    rtc.preset(0x3D, nibbles & 0xFF);
    rtc.preset(0x38, nibbles >> 8 << 4);
  }

  /** What is in memory where no one is asked. */
  private enum Nothing implements ByteWide {
    HERE;

    @Override
    public int readByte(int offset) {
      return FLOATING;
    }

    @Override
    public void writeByte(int offset, int value) {}
  }

  private void sata(AhciController ahci) {
    for (int bay = Drives.FIRST_SATA; bay < Drives.FIRST_FLOPPY; bay++) {
      if (drives[bay] instanceof AtaDisk disk) {
        ahci.port(bay - Drives.FIRST_SATA).plug(disk);
      }
    }
    AhciFunction function = add("ahci-function", new AhciFunction(ahci, AhciController.LENGTH));
    add("ahci", ahci);
    pci.add(AHCI_SLOT, 0, function);
    resets.add(function::reset);
    resets.add(ahci::reset);
  }

  private AtaDevice drive(Drives.Drive drive, MasterChannel dma) {
    int bay = drive.bay();
    if (drive.kind() == Drives.Kind.CDROM) {
      return add("cdrom" + bay, new AtapiCdrom(time, bay, drive.media(), dma));
    }
    OverlayDisk disk = new OverlayDisk(drive.media().getFirst(), outputs);
    pages.put("disk" + bay, disk);
    return add("drive" + bay, new AtaDisk(time, bay, disk, dma));
  }

  private FloppyDrive floppy(Drives.Drive drive) {
    List<OverlayDisk> disks = new ArrayList<>();
    for (Medium medium : drive.media()) {
      OverlayDisk disk = OverlayDisk.floppy(medium, outputs);
      disks.add(disk);
      pages.put(medium.name(), disk);
    }
    return new FloppyDrive(disks);
  }

  private IdeChannel channel(IdeController ide, int number) {
    return new IdeChannel(
        ide.interrupt(number), ide.dma(number), drives[2 * number], drives[2 * number + 1]);
  }

  private <T extends Stateful<?>> T add(String name, T component) {
    components.put(name, component);
    return component;
  }

  /** A device seen from one of its registers on. */
  private record Shifted(Mapped device, int by) implements Mapped {
    @Override
    public long read(int offset, int size) {
      return device.read(offset + by, size);
    }

    @Override
    public void write(int offset, int size, long value) {
      device.write(offset + by, size, value);
    }
  }

  /** All that has state, by name, in wiring order. */
  public SequencedMap<String, Stateful<?>> components() {
    return Collections.unmodifiableSequencedMap(components);
  }

  /** What has state in pages, by name: what was written to disks. */
  public SequencedMap<String, Paged> pages() {
    return Collections.unmodifiableSequencedMap(pages);
  }

  // ---- wiring that changes ----

  /**
   * Regions of PCI functions are where the guest wants them, or nowhere if something else is there;
   * of those that overlap, the first in order of slots. So it is the registers that decide, and not
   * what was where before.
   */
  private void place(List<Placement> wanted) {
    List<Placement> before = List.copyOf(placed);
    placed.forEach(old -> map(old.space()).unmap(old.address(), old.device()));
    placed.clear();
    for (Placement region : wanted) {
      if (map(region.space()).free(region.address(), region.length())) {
        map(region.space()).map(region.address(), region.length(), region.device());
        placed.add(region);
      }
    }
    if (restoring) {
      return;
    }
    before.forEach(old -> show(old, placed, new Backing.Outside()));
    placed.forEach(region -> show(region, before, region.backing()));
  }

  private void show(Placement region, List<Placement> others, Backing backing) {
    if (region.inside() && !others.contains(region)) {
      nucleus.map(region.space(), region.address(), region.length(), backing, Visibility.ALWAYS);
    }
  }

  private void mapShadow() {
    shadow.map();
  }

  // ---- power and reset ----

  private void powerOn() {
    powered = true;
    long top = config.memory();
    byte[] rom = initial.rom();
    nucleus.map(Space.MEMORY, 0, 0xA0000, new Backing.Ram(0), Visibility.ALWAYS);
    nucleus.map(Space.PORT, 0x3B0, 0x30, new Backing.Video(Vga.VGA_PORTS), Visibility.ALWAYS);
    nucleus.map(Space.PORT, 0x1CE, 3, new Backing.Video(Vga.DISPI_PORTS), Visibility.ALWAYS);
    nucleus.map(
        Space.MEMORY, 0x100000, top - 0x100000, new Backing.Ram(0x100000), Visibility.ALWAYS);
    nucleus.map(
        Space.MEMORY, TOP - rom.length, rom.length, new Backing.Rom(rom), Visibility.ALWAYS);
    if (config.video() == MachineConfig.Video.ISA) {
      Backing video = new Backing.Video(Vga.FRAME_BUFFER);
      nucleus.map(Space.MEMORY, ISA_FRAME_BUFFER, VideoRam.SIZE, video, Visibility.ALWAYS);
    }
    resetChips();
  }

  private void resetChips() {
    resets.forEach(Runnable::run);
    mapShadow();
  }

  private void reset(String cause) {
    resetCause = cause;
  }

  /** Makes the reset that was asked for in this platform call, now that its device is done. */
  private void finish() {
    if (resetCause == null) {
      return;
    }
    String cause = resetCause;
    resetCause = null;
    outputs.reset(cause);
    if (!config.reboot()) {
      nucleus.signal(0, Signal.POWER_OFF, 0);
      return;
    }
    resetChips();
    initial
        .pages()
        .forEach(
            (page, bytes) -> nucleus.writeRam((long) page * bytes.length, bytes, 0, bytes.length));
    nucleus.signal(0, Signal.RESET, 0);
  }

  private void powerOff() {
    outputs.poweredOff();
    nucleus.signal(0, Signal.POWER_OFF, 0);
  }

  // ---- what the CPU asks ----

  private AddressMap map(Space space) {
    return space == Space.PORT ? ports : memory;
  }

  @Override
  public long read(long now, int cpu, Space space, long address, int size) {
    time.advance(now);
    long value =
        switch (space) {
          case MSR -> apic.base();
          case MEMORY ->
              apic.answers(address)
                  ? apic.read(apic.offset(address), size)
                  : memory.read(address, size);
          case PORT -> ports.read(address, size);
        };
    finish();
    return value;
  }

  @Override
  public void write(long now, int cpu, Space space, long address, int size, long value) {
    time.advance(now);
    switch (space) {
      case MSR -> {
        if (address == Msrs.TASK_PRIORITY) {
          apic.priority((int) value);
        } else {
          apic.base(value);
        }
      }
      case MEMORY -> {
        if (apic.answers(address)) {
          apic.write(apic.offset(address), size, value);
        } else {
          memory.write(address, size, value);
        }
      }
      case PORT -> ports.write(address, size, value);
    }
    finish();
  }

  @Override
  public int acknowledgeInterrupt(long now, int cpu) {
    time.advance(now);
    return apic.acknowledge();
  }

  @Override
  public void pin(long now, int cpu, Pin pin, boolean level) {
    time.advance(now);
    switch (pin) {
      case FERR -> numericError.ferr(level);
      case SHUTDOWN -> reset("triple fault");
    }
    finish();
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
      time.advance(now);
    }
    finish();
  }

  @Override
  public long idle(long now, long until) {
    long next = Math.min(until, time.nextDue());
    return next <= now ? now : inputs.idle(now, next);
  }

  // ---- what comes from outside ----

  private void take(Input input) {
    switch (input) {
      case Input.Key key -> keyboard.key(key.code(), key.down());
      case Input.Pointer p -> mouse.move(p.dx(), p.dy(), p.wheel(), p.buttons());
      case Input.SerialBytes bytes -> {
        if (bytes.port() >= 0 && bytes.port() < serial.size()) {
          serial.get(bytes.port()).receive(bytes.bytes());
        }
      }
      case Input.PowerButton _ -> power.pushPowerButton();
      case Input.ResetButton _ -> reset("reset button");
      // This board has no device for the others.
      case Input.NetFrame _ -> {}
      case Input.UsbCompletion _ -> {}
      case Input.AudioIn _ -> {}
      case Input.MediaChange(int bay, String medium) -> {
        switch (drive(bay)) {
          case AtapiCdrom cdrom -> cdrom.change(medium);
          case FloppyDrive floppy -> floppy.change(medium);
          case null, default -> {}
        }
      }
      case Input.DiskFault(int bay, long sector) -> {
        switch (drive(bay)) {
          case AtaDisk disk -> disk.fault(sector);
          case AtapiCdrom cdrom -> cdrom.fault(sector);
          case FloppyDrive floppy -> floppy.fault(sector);
          case null, default -> {}
        }
      }
    }
  }

  private Stateful<?> drive(int bay) {
    if (bay < 0 || bay >= Drives.BAYS) {
      return null;
    }
    return bay < Drives.FIRST_FLOPPY
        ? (Stateful<?>) drives[bay]
        : floppies[bay - Drives.FIRST_FLOPPY];
  }

  // ---- state ----

  @Override
  public State state() {
    return new State(powered);
  }

  @Override
  public void restore(State state) {
    powered = state.powered;
  }

  /** After all components were restored: maps PCI regions where the registers now say. */
  public void restored() {
    restoring = true;
    pci.decode();
    restoring = false;
  }
}
