package dejavm.device.pci;

import static dejavm.device.Workbench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Backing;
import dejavm.bus.Line;
import dejavm.bus.Mapped;
import dejavm.bus.Space;
import dejavm.device.Probe;
import dejavm.device.Workbench;
import dejavm.device.system.ResetControl;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PciTest {
  private final Workbench bench = new Workbench();
  private final List<String> events = new ArrayList<>();
  private final Probe[] irqs = Stream.generate(Probe::new).limit(16).toArray(Probe[]::new);
  private final Probe sci = new Probe();
  private final ResetControl reset =
      new ResetControl(() -> events.add("cpu"), () -> events.add("all"));
  private final PciBus bus = new PciBus(this::placed, reset);
  private final HostBridge host = new HostBridge(() -> events.add("remap"));
  private final IsaBridge isa =
      new IsaBridge(IntStream.range(0, 16).mapToObj(i -> irqs[i]).toArray(Line[]::new));
  private final PowerManagement power =
      new PowerManagement(bench.time, sci, () -> events.add("smi"), () -> events.add("off"));
  private final Mapped pm = power.registers();

  PciTest() {
    bus.add(0, 0, host);
    bus.add(1, 0, isa);
    bus.add(1, 3, power);
    bus.reset();
  }

  private void placed(List<Placement> regions) {
    events.add(
        regions.stream()
            .map(r ->
                "%s %x+%x%s"
                    .formatted(r.space(), r.address(), r.length(), r.inside() ? " inside" : ""))
            .collect(Collectors.joining(" ")));
  }

  private void select(int slot, int function, int register) {
    bus.write(0, 4, 0x80000000L | slot << 11 | function << 8 | register & ~3);
  }

  private long config(int slot, int function, int register, int size) {
    select(slot, function, register);
    return bus.read(4 + (register & 3), size);
  }

  private void configure(int slot, int function, int register, int size, long value) {
    select(slot, function, register);
    bus.write(4 + (register & 3), size, value);
  }

  @Test
  void findsTheFunctions() {
    assertThat(config(0, 0, 0, 4)).isEqualTo(0x12378086L);
    assertThat(config(1, 0, 0, 4)).isEqualTo(0x70008086L);
    assertThat(config(1, 3, 0, 4)).isEqualTo(0x71138086L);
    assertThat(config(0, 0, 8, 4)).isEqualTo(0x06000002L);
    assertThat(config(1, 0, 0x0A, 2)).isEqualTo(0x0601L);
    assertThat(config(1, 0, 0x0E, 1)).as("several functions").isEqualTo(0x80);
    assertThat(config(1, 3, 0x0A, 2)).isEqualTo(0x0680L);
    assertThat(config(2, 0, 0, 4)).isEqualTo(0xFFFFFFFFL);
    assertThat(config(2, 0, 2, 2)).isEqualTo(0xFFFF);
    configure(2, 0, 4, 4, 7);
    bus.write(0, 4, 0x80010000L);
    assertThat(bus.read(4, 4)).as("no bus 1").isEqualTo(0xFFFFFFFFL);
    bus.write(0, 4, 0);
    assertThat(bus.read(4, 4)).as("not enabled").isEqualTo(0xFFFFFFFFL);
  }

  @Test
  void theAddressRegisterTakes32BitsOnly() {
    bus.write(0, 4, 0xFFFFFFFFL);
    assertThat(bus.read(0, 4)).isEqualTo(0x80FFFFFCL);
    // Linux probes for mechanism 2 this way
    bus.write(3, 1, 0x01);
    bus.write(0, 1, 0x00);
    bus.write(0, 2, 0x0000);
    assertThat(bus.read(0, 4)).isEqualTo(0x80FFFFFCL);
    assertThat(bus.read(0, 1)).isEqualTo(0xFF);
    assertThat(bus.read(2, 4)).as("straddling").isEqualTo(0xFFFFFFFFL);
  }

  @Test
  void theResetControlIsInBetween() {
    bus.write(1, 1, 0x02);
    assertThat(bus.read(1, 1)).isEqualTo(0x02);
    bus.write(1, 1, 0x06);
    assertThat(events).endsWith("all");
    bus.write(1, 1, 0x06);
    bus.write(1, 1, 0x00);
    bus.write(1, 1, 0x04);
    assertThat(events.stream().filter("all"::equals)).hasSize(1);
    assertThat(events).endsWith("cpu");
  }

  @Test
  void identityCannotBeWritten() {
    configure(0, 0, 0, 4, 0);
    configure(0, 0, 8, 4, 0xFFFFFFFFL);
    assertThat(config(0, 0, 0, 4)).isEqualTo(0x12378086L);
    assertThat(config(0, 0, 8, 4)).isEqualTo(0x06000002L);
    configure(1, 3, 0x3C, 1, 11);
    assertThat(config(1, 3, 0x3C, 2)).as("interrupt line, not pin").isEqualTo(0x010B);
  }

  @Test
  void baseAddressRegistersTellTheirSize() {
    Mapped nothing = power.smiPorts();
    ConfigSpace config =
        new ConfigSpace(0x1234, 0x5678, 1, 0x020000, 0)
            .bar(0, Space.MEMORY, 0x1000, nothing)
            .bar(1, Space.PORT, 32, nothing);
    bus.add(3, 0, () -> config);
    events.clear();
    configure(3, 0, 0x10, 4, 0xFFFFFFFFL);
    configure(3, 0, 0x14, 4, 0xFFFFFFFFL);
    configure(3, 0, 0x18, 4, 0xFFFFFFFFL);
    assertThat(config(3, 0, 0x10, 4)).isEqualTo(0xFFFFF000L);
    assertThat(config(3, 0, 0x14, 4)).isEqualTo(0xFFFFFFE1L);
    assertThat(config(3, 0, 0x18, 4)).isZero();
    configure(3, 0, 0x10, 4, 0xFEB00000L);
    configure(3, 0, 0x14, 4, 0xC000);
    assertThat(events).as("nothing is decoded yet").isEmpty();
    configure(3, 0, 4, 2, 3);
    assertThat(events).containsExactly("PORT 600+40 MEMORY feb00000+1000 PORT c000+20");
    events.clear();
    configure(3, 0, 0x14, 4, 0xC100);
    configure(3, 0, 4, 2, 1);
    assertThat(events)
        .containsExactly(
            "PORT 600+40 MEMORY feb00000+1000 PORT c100+20", "PORT 600+40 PORT c100+20");
    events.clear();
    configure(3, 0, 0x14, 4, 0xFFFFFFFFL);
    assertThat(events).as("sizing while decoding").containsExactly("PORT 600+40");
    config.reset();
    assertThat(config.read(4, 2)).isZero();
    assertThat(config.read(0x14, 4)).isOne();
  }

  @Test
  void statusBitsAreClearedByOnes() {
    ConfigSpace config = host.config();
    config.set(6, 2, 0xF280);
    configure(0, 0, 6, 2, 0x4000);
    assertThat(config(0, 0, 6, 2)).isEqualTo(0xB280);
  }

  @Test
  void theHostBridgeTellsOfItsMemoryMap() {
    events.clear();
    configure(0, 0, 0x59, 1, 0xFF);
    assertThat(host.pam(0)).isEqualTo(0x30);
    configure(0, 0, 0x5C, 4, 0x33333333L);
    assertThat(host.pam(4)).isEqualTo(0x33);
    assertThat(events).containsExactly("remap", "remap");
    configure(0, 0, 0x5C, 4, 0x33333333L);
    assertThat(events).as("nothing changed").hasSize(2);
    configure(0, 0, 0x72, 1, 0x48);
    assertThat(host.smram()).isEqualTo(0x4A);
    configure(0, 0, 0x72, 1, 0x58);
    assertThat(host.smram()).as("locked and closed").isEqualTo(0x1A);
    configure(0, 0, 0x72, 1, 0x40);
    assertThat(host.smram()).isEqualTo(0x1A);
    host.reset();
    assertThat(host.smram()).isEqualTo(0x02);
    assertThat(host.pam(0)).isZero();
  }

  @Test
  void interruptLinesAreRoutedAndShared() {
    isa.pirq(0).set(true);
    assertThat(irqs[11].level()).isFalse();
    configure(1, 0, 0x60, 1, 11);
    assertThat(irqs[11].level()).isTrue();
    configure(1, 0, 0x61, 1, 11);
    isa.pirq(1).set(true);
    isa.pirq(0).set(false);
    assertThat(irqs[11].level()).isTrue();
    configure(1, 0, 0x61, 1, 10);
    assertThat(irqs[11].level()).isFalse();
    assertThat(irqs[10].level()).isTrue();
    configure(1, 0, 0x61, 1, 0x8A);
    assertThat(irqs[10].level()).isFalse();
    configure(1, 0, 0x61, 1, 13);
    assertThat(irqs[13].level()).as("not routable").isFalse();
    assertThat(IsaBridge.pirqOf(1, 0)).isZero();
    assertThat(IsaBridge.pirqOf(3, 3)).isOne();
  }

  @Test
  void powerManagementIsWhereItsRegisterSays() {
    assertThat(events).contains("PORT 600+40");
    events.clear();
    configure(1, 3, 0x40, 4, 0xB007);
    assertThat(config(1, 3, 0x40, 4)).isEqualTo(0xB001L);
    assertThat(events).containsExactly("PORT b000+40");
    configure(1, 3, 0x80, 1, 0);
    assertThat(events).endsWith("");
    power.reset();
    bus.reset();
    assertThat(events).endsWith("PORT 600+40");
  }

  @Test
  void acpiIsSwitchedByTheSmiCommandPort() {
    assertThat(pm.read(4, 2)).isZero();
    power.smiPorts().write(0, 1, PowerManagement.ACPI_ENABLE);
    assertThat(pm.read(4, 2)).isOne();
    power.smiPorts().write(0, 1, PowerManagement.ACPI_DISABLE);
    assertThat(pm.read(4, 2)).isZero();
    power.smiPorts().write(1, 1, 0x55);
    assertThat(power.smiPorts().read(0, 2)).isEqualTo(0x55F0);
  }

  @Test
  void anyOtherCommandRaisesAnSmiIfThatIsEnabled() {
    events.clear();
    power.smiPorts().write(0, 1, 0x01);
    assertThat(events).isEmpty();
    configure(1, 3, 0x58, 4, 1 << 25);
    power.smiPorts().write(0, 1, PowerManagement.ACPI_ENABLE);
    assertThat(events).isEmpty();
    power.smiPorts().write(0, 1, 0x01);
    assertThat(events).containsExactly("smi");
  }

  @Test
  void theVideoAdapterIsSeenThroughTheBus() {
    byte[] rom = new byte[0x9C00];
    rom[0] = 0x55;
    VideoFunction video =
        new VideoFunction(new Backing.Video(0x100), 1 << 24, new Backing.Video(0x200), rom);
    bus.add(4, 0, video);
    events.clear();
    configure(4, 0, 0x10, 4, 0xFFFFFFFFL);
    configure(4, 0, 0x18, 4, 0xFFFFFFFFL);
    configure(4, 0, 0x30, 4, 0xFFFFFFFEL);
    assertThat(config(4, 0, 0x10, 4)).as("16 MiB, prefetchable").isEqualTo(0xFF000008L);
    assertThat(config(4, 0, 0x18, 4)).isEqualTo(0xFFFFF000L);
    assertThat(config(4, 0, 0x30, 4)).as("a power of two").isEqualTo(0xFFFF0000L);
    configure(4, 0, 0x10, 4, 0xE0000000L);
    configure(4, 0, 0x30, 4, 0xFE000000L);
    configure(4, 0, 4, 2, 2);
    assertThat(events).containsExactly("PORT 600+40 MEMORY e0000000+1000000 inside");
    configure(4, 0, 0x30, 4, 0xFE000001L);
    assertThat(events)
        .endsWith("PORT 600+40 MEMORY e0000000+1000000 inside MEMORY fe000000+10000 inside");
  }

  @Test
  void thePowerButton() {
    assertThat(power.pushPowerButton()).as("nobody listens").isFalse();
    pm.write(0, 2, 0xFFFF);
    power.smiPorts().write(0, 1, PowerManagement.ACPI_ENABLE);
    pm.write(2, 2, 0x0120);
    assertThat(sci.level()).isFalse();
    assertThat(power.pushPowerButton()).isTrue();
    assertThat(sci.level()).isTrue();
    assertThat(pm.read(0, 2)).isEqualTo(0x0100);
    pm.write(0, 2, 0x0020);
    assertThat(sci.level()).isTrue();
    pm.write(0, 2, 0x0100);
    assertThat(sci.level()).isFalse();
  }

  @Test
  void softOff() {
    events.clear();
    pm.write(4, 2, 0x0001);
    pm.write(4, 2, 0x2401);
    assertThat(events).as("another sleep ends at once").isEmpty();
    assertThat(pm.read(0, 2)).isEqualTo(0x8000);
    assertThat(pm.read(4, 2)).as("the enable bit is never read").isEqualTo(0x0401);
    pm.write(4, 2, 0x2001);
    assertThat(events).containsExactly("off");
  }

  @Test
  void theTimerRunsAndInterruptsWhereItsTopBitChanges() {
    assertThat(pm.read(8, 4)).isZero();
    bench.pass(SECOND);
    assertThat(pm.read(8, 4)).isEqualTo(PowerManagement.HERTZ);
    assertThat(bench.time.nextDue()).isEqualTo(Long.MAX_VALUE);
    power.smiPorts().write(0, 1, PowerManagement.ACPI_ENABLE);
    pm.write(2, 2, 1);
    long due = bench.time.nextDue();
    assertThat(bench.time.cycles(due, PowerManagement.HERTZ)).isEqualTo(1 << 23);
    bench.until(due - 1);
    assertThat(sci.level()).isFalse();
    assertThat(pm.read(0, 2)).isZero();
    bench.until(due);
    assertThat(sci.level()).isTrue();
    assertThat(pm.read(0, 2)).isOne();
    pm.write(0, 2, 1);
    assertThat(sci.level()).isFalse();
    assertThat(bench.time.cycles(bench.time.nextDue(), PowerManagement.HERTZ)).isEqualTo(1 << 24);
    bench.until(bench.time.nextDue());
    assertThat(pm.read(8, 4)).as("24 bits").isZero();
  }

  @Test
  void generalPurposeEvents() {
    power.smiPorts().write(0, 1, PowerManagement.ACPI_ENABLE);
    pm.write(0xE, 2, 0x0008);
    power.gpe(3).set(true);
    assertThat(sci.level()).isTrue();
    pm.write(0xC, 2, 0x0008);
    assertThat(sci.level()).isFalse();
    pm.write(0x34, 4, 0x12345678);
    assertThat(pm.read(0x34, 4)).isEqualTo(0x12345678L);
  }
}
