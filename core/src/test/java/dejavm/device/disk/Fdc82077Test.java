package dejavm.device.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dejavm.bus.Outputs;
import dejavm.device.Probe;
import dejavm.device.Workbench;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class Fdc82077Test {
  private static final int TRACK = 18;

  private final Workbench bench = new Workbench();
  private final TestMedium first = new TestMedium("fda0", 2880, 1);
  private final TestMedium second = new TestMedium("fda1", 1440, 2);
  private final TestFloppyDma dma = new TestFloppyDma();
  private final Probe irq = new Probe();
  private final FloppyDrive drive =
      new FloppyDrive(
          List.of(
              OverlayDisk.floppy(first, Outputs.NONE), OverlayDisk.floppy(second, Outputs.NONE)));
  private final Fdc82077 fdc = new Fdc82077(bench.time, irq, dma, drive);

  private int read(int register) {
    return fdc.readByte(register);
  }

  private void write(int register, int value) {
    fdc.writeByte(register, value);
  }

  private void pass() {
    bench.pass(100 * Workbench.MILLISECOND);
  }

  private void send(int... command) {
    for (int value : command) {
      assertThat(read(4) & 0xC0).as("it takes a byte").isEqualTo(0x80);
      write(5, value);
    }
  }

  private int[] result() {
    int[] bytes = new int[16];
    int count = 0;
    while ((read(4) & 0xD0) == 0xD0) {
      bytes[count++] = read(5);
    }
    return Arrays.copyOf(bytes, count);
  }

  private int[] answer(int... command) {
    send(command);
    return result();
  }

  /** The result of a command that looks at sectors, after its interrupt. */
  private int[] outcome(int... command) {
    send(command);
    pass();
    assertThat(irq.level()).isTrue();
    int[] result = result();
    assertThat(irq.level()).isFalse();
    return result;
  }

  private int[] transfer(int code, int side, int cylinder, int sector, int last) {
    return outcome(code, side << 2, cylinder, side, sector, 2, last, 27, 0xFF);
  }

  private void seek(int cylinder) {
    send(0x0F, 0, cylinder);
    pass();
    assertThat(answer(0x08)).containsExactly(0x20, cylinder);
  }

  private static byte[] sectors(TestMedium medium, int from, int count) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    IntStream.range(from, from + count).forEach(i -> bytes.writeBytes(medium.sector(i)));
    return bytes.toByteArray();
  }

  @BeforeEach
  void startTheMotor() {
    fdc.reset();
    write(2, 0x1C);
    assertThat(read(4)).as("not out of the reset yet").isZero();
    pass();
    assertThat(irq.level()).as("something to tell").isTrue();
    for (int i = 0; i < 4; i++) {
      assertThat(answer(0x08)).containsExactly(0xC0 | i, 0);
      assertThat(irq.level()).as("one interrupt for all").isFalse();
    }
    write(7, 0);
  }

  @Test
  void withNothingToTellSenseInterruptIsInvalid() {
    assertThat(answer(0x08)).containsExactly(0x80);
    assertThat(answer(0x18)).as("PART ID, of its successor").containsExactly(0x80);
    assertThat(answer(0x10)).as("VERSION").containsExactly(0x90);
    assertThat(irq.rises()).as("no interrupt but that of the reset").isEqualTo(1);
  }

  @Test
  void whoAsksOnceAfterAResetHearsOfASeekAllTheSame() {
    write(2, 0x18);
    write(2, 0x1C);
    pass();
    assertThat(answer(0x08)).containsExactly(0xC0, 0);
    irq.rises();
    send(0x07, 0);
    pass();
    assertThat(irq.rises()).isEqualTo(1);
    assertThat(answer(0x08)).containsExactly(0x20, 0);
    assertThat(irq.level()).isFalse();
  }

  @Test
  void readsUntilTheDmaControllerSaysThatItIsTheEnd() {
    dma.start(3 * 512);
    assertThat(transfer(0xE6, 0, 0, 2, TRACK)).containsExactly(0, 0, 0, 0, 0, 5, 2);
    assertThat(dma.stored.toByteArray()).isEqualTo(sectors(first, 1, 3));
  }

  @Test
  void theEndOfTheTrackIsAnErrorIfNobodySaidSo() {
    dma.start(1 << 16);
    assertThat(transfer(0x46, 1, 0, 17, TRACK)).containsExactly(0x44, 0x80, 0, 1, 1, 1, 2);
    assertThat(dma.stored.toByteArray()).isEqualTo(sectors(first, 2 * TRACK - 2, 2));
    dma.start(2 * 512);
    assertThat(transfer(0x46, 1, 0, 17, TRACK)).as("and none if").startsWith(4, 0);
  }

  @Test
  void withMultiTrackTheOtherSideFollows() {
    dma.start(2 * 512);
    assertThat(transfer(0xC6, 0, 0, 17, TRACK)).containsExactly(4, 0, 0, 0, 1, 1, 2);
    dma.start(21 * 512);
    assertThat(transfer(0xC6, 0, 0, 17, TRACK)).containsExactly(0x44, 0x80, 0, 1, 0, 1, 2);
  }

  @Test
  void writesAreReadAgainAndStayOnTheirDisk() {
    seek(3);
    dma.start(700);
    assertThat(transfer(0x45, 1, 3, 4, TRACK)).containsExactly(4, 0, 0, 3, 1, 6, 2);
    drive.change("fda1");
    drive.change("fda0");
    dma.start(1024);
    transfer(0x46, 1, 3, 4, TRACK);
    byte[] read = dma.stored.toByteArray();
    assertThat(read[699]).isEqualTo((byte) 699);
    assertThat(Arrays.copyOfRange(read, 700, 1024)).as("the rest of a sector").containsOnly(0);
  }

  @Test
  void aSectorThatIsNotThereIsNotFound() {
    send(0x13, 0, 0x20, 0); // no implied seeks
    assertThat(transfer(0x46, 0, 0, 19, 19)).containsExactly(0x40, 0x04, 0, 0, 0, 19, 2);
    assertThat(transfer(0x46, 0, 7, 1, TRACK)).as("wrong cylinder").startsWith(0x40, 0x04, 0x10);
    assertThat(outcome(0x46, 0, 0, 0, 1, 3, 18, 27, 255)).as("size").startsWith(0x40, 0x04);
    assertThat(outcome(0x06, 0, 0, 0, 1, 2, 18, 27, 255)).as("FM").startsWith(0x40, 0x01);
    write(7, 2);
    assertThat(outcome(0x4A, 0)).as("another rate").startsWith(0x40, 0x01);
    write(7, 0);
    assertThat(outcome(0x4A, 4)).startsWith(0x04, 0, 0, 0, 1).endsWith(2);
    write(2, 0x0C);
    assertThat(outcome(0x4A, 0)).as("the motor stands still").startsWith(0x40, 0x01);
  }

  @Test
  void seeksEndWithoutAResult() {
    send(0x0F, 0, 40);
    assertThat(read(4)).as("the drive is busy, the controller is not").isEqualTo(0x81);
    pass();
    assertThat(irq.level()).isTrue();
    assertThat(read(4)).as("until somebody asks").isEqualTo(0x81);
    assertThat(answer(0x08)).containsExactly(0x20, 40);
    assertThat(read(4)).isEqualTo(0x80);
    send(0x8F, 0, 15);
    pass();
    assertThat(answer(0x08)).containsExactly(0x20, 25);
    assertThat(answer(0x04, 0)).as("not at track 0").containsExactly(0x28);
    send(0x07, 0);
    send(0x07, 1);
    pass();
    assertThat(answer(0x08)).containsExactly(0x20, 0);
    assertThat(answer(0x08)).as("nothing says that it is there").containsExactly(0x71, 0);
    assertThat(answer(0x04, 0)).containsExactly(0x38);
  }

  @Test
  void anImpliedSeekShowsInTheStatus() {
    send(0x13, 0, 0x57, 0);
    dma.start(512);
    assertThat(transfer(0x46, 0, 30, 1, TRACK)).startsWith(0x20, 0, 0, 30);
    dma.start(512);
    assertThat(transfer(0x46, 0, 30, 2, TRACK)).as("it is there").startsWith(0, 0);
    assertThat(dma.stored.toByteArray()).isEqualTo(sectors(first, 30 * 2 * TRACK, 2));
  }

  @Test
  void theChangeLineFallsWithTheNextStep() {
    assertThat(read(7)).as("since power-on").isEqualTo(0xFF);
    seek(0);
    assertThat(read(7)).as("no step was made").isEqualTo(0xFF);
    seek(1);
    assertThat(read(7)).isEqualTo(0x7F);
    drive.change("");
    seek(2);
    assertThat(read(7)).as("with no disk in").isEqualTo(0xFF);
    assertThat(outcome(0x4A, 0)).startsWith(0x40, 0x01);
    drive.change("fda1");
    seek(1);
    assertThat(read(7)).isEqualTo(0x7F);
    write(7, 2);
    dma.start(512);
    assertThat(transfer(0x46, 0, 1, 9, 9)).startsWith(0, 0);
    assertThat(dma.stored.toByteArray()).isEqualTo(second.sector(26));
  }

  @Test
  void lockedSettingsOutliveASoftReset() {
    send(0x13, 0, 0x57, 0x12);
    assertThat(answer(0x94)).containsExactly(0x10);
    write(4, 0x80);
    pass();
    assertThat(answer(0x0E)).hasSize(10).endsWith(0x80, 0x47, 0x12);
    irq.rises();
    for (int i = 0; i < 4; i++) {
      answer(0x08);
    }
    assertThat(answer(0x14)).containsExactly(0);
    write(2, 0x18);
    assertThat(read(4)).isZero();
    write(2, 0x1C);
    pass();
    assertThat(answer(0x0E)).endsWith(0x00, 0x60, 0x00);
  }

  @Test
  void deletedSectorsAreMarked() {
    dma.start(512);
    assertThat(transfer(0x49, 0, 0, 2, TRACK)).startsWith(0, 0, 0);
    dma.start(4 * 512);
    assertThat(transfer(0x46, 0, 0, 1, TRACK))
        .as("read, and the end")
        .containsExactly(0, 0, 0x40, 0, 0, 2, 2);
    dma.start(2 * 512);
    assertThat(transfer(0x66, 0, 0, 1, TRACK))
        .as("skipped")
        .containsExactly(0, 0, 0x40, 0, 0, 4, 2);
    dma.start(512);
    assertThat(transfer(0x4C, 0, 0, 2, TRACK)).startsWith(0, 0, 0);
  }

  @Test
  void verifiesWithoutDma() {
    assertThat(transfer(0x56, 0, 0, 1, TRACK)).as("to the end").startsWith(0, 0, 0, 1, 0, 1);
    assertThat(outcome(0x56, 0x80, 0, 0, 1, 2, 18, 27, 5)).startsWith(0, 0, 0, 0, 0, 6);
    drive.fault(9);
    assertThat(transfer(0x56, 0, 0, 1, TRACK)).containsExactly(0x40, 0x20, 0x20, 0, 0, 9, 2);
  }

  @Test
  void readTrackTakesSectorsAsTheyCome() {
    send(0x13, 0, 0x20, 0); // no implied seeks
    dma.start(5 * 512);
    assertThat(transfer(0x42, 0, 0, 1, 5)).startsWith(0, 0);
    assertThat(dma.stored.toByteArray()).isEqualTo(sectors(first, 0, 5));
    dma.start(5 * 512);
    assertThat(transfer(0x42, 0, 9, 1, 5)).as("named otherwise").startsWith(0, 0x04);
  }

  @Test
  void formatsWhatItIsTold() {
    seek(1);
    dma.source = new byte[] {1, 0, 2, 2, 1, 0, 1, 2, 5, 0, 4, 2};
    dma.start(12);
    assertThat(outcome(0x4D, 0, 2, 3, 27, 0xF6)).startsWith(0, 0, 0);
    dma.start(3 * 512);
    transfer(0x46, 0, 1, 1, TRACK);
    byte[] read = dma.stored.toByteArray();
    assertThat(Arrays.copyOf(read, 1024)).containsOnly(0xF6);
    assertThat(Arrays.copyOfRange(read, 1024, 1536)).isEqualTo(first.sector(2 * TRACK + 2));
  }

  @Test
  void withoutDmaASectorWaitsInThePort() {
    send(0x03, 0xDF, 0x03);
    send(0x46, 0, 0, 0, 17, 2, TRACK, 27, 0xFF);
    assertThat(read(4)).isEqualTo(0x30);
    for (int sector = 16; sector < 18; sector++) {
      pass();
      assertThat(irq.level()).isTrue();
      byte[] bytes = new byte[512];
      for (int i = 0; i < 512; i++) {
        assertThat(read(4)).isEqualTo(0xF0);
        bytes[i] = (byte) read(5);
        assertThat(irq.level()).as("the last byte ends the command").isEqualTo(i + sector == 528);
      }
      assertThat(bytes).isEqualTo(first.sector(sector));
    }
    pass();
    assertThat(result()).as("no one can say where the end is").startsWith(0x40, 0x80);
    send(0x45, 0, 0, 0, 18, 2, TRACK, 27, 0xFF);
    pass();
    for (int i = 0; i < 512; i++) {
      assertThat(read(4)).isEqualTo(0xB0);
      write(5, i);
    }
    pass();
    assertThat(result()).startsWith(0x40, 0x80);
  }

  @Test
  void aDmaChannelThatTakesNothingIsTooLate() {
    assertThat(transfer(0x46, 0, 0, 1, TRACK)).startsWith(0x40, 0x10);
    assertThat(transfer(0x45, 0, 0, 1, TRACK)).startsWith(0x40, 0x10);
    write(2, 0x14);
    dma.start(512);
    send(0x46, 0, 0, 0, 1, 2, TRACK, 27, 0xFF);
    pass();
    assertThat(irq.level()).as("the gate is closed for both").isFalse();
    assertThat(result()).startsWith(0x40, 0x10);
  }

  @Test
  void whatWaitsIsPartOfTheState() {
    send(0x03, 0xDF, 0x03);
    send(0x46, 0, 0, 0, 1, 2, TRACK, 27, 0xFF);
    pass();
    read(5);
    Fdc82077.State state = fdc.state();
    read(5);
    write(4, 0x80);
    pass();
    fdc.restore(state);
    assertThat(read(5)).isEqualTo(first.sector(0)[1] & 0xFF);
  }

  @Test
  void theSizeOfAnImageTellsItsFormat() {
    assertThat(FloppyFormat.of(720)).isEqualTo(FloppyFormat.F360);
    assertThat(FloppyFormat.of(2400)).isEqualTo(FloppyFormat.F1200);
    assertThat(FloppyFormat.of(3)).isEqualTo(FloppyFormat.F1440);
    assertThat(FloppyFormat.of(3000)).isEqualTo(FloppyFormat.F2880);
    assertThat(FloppyFormat.drive(List.of())).isEqualTo(5);
    assertThat(FloppyFormat.drive(List.of(1440L, 2880L))).isEqualTo(4);
    assertThatThrownBy(() -> FloppyFormat.of(5761))
        .hasMessage("no floppy disk has room for 2880 KB");
    assertThatThrownBy(() -> FloppyFormat.drive(List.of(1440L, 720L)))
        .hasMessage("no floppy drive takes disks of 3.5\" and of 5.25\"");
  }
}
