package dejavm.device.video;

import static dejavm.device.Workbench.SECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Paged;
import dejavm.device.Workbench;
import org.junit.jupiter.api.Test;

class VgaTest {
  private static final int TEXT = 0x18000;

  private final Workbench bench = new Workbench();
  private final Vga vga = new Vga(bench.time);

  private int in(int port) {
    return (int) vga.ports().read(port - 0x3B0, 1);
  }

  private void out(int port, int value) {
    vga.ports().write(port - 0x3B0, 1, value);
  }

  private void indexed(int port, int index, int value) {
    out(port, index);
    out(port + 1, value);
  }

  private int indexed(int port, int index) {
    out(port, index);
    return in(port + 1);
  }

  private void poke(int offset, int value) {
    vga.memory().write(offset, 1, value);
  }

  private int peek(int offset) {
    return (int) vga.memory().read(offset, 1);
  }

  /** Sixteen colours, four planes at 0xA0000. */
  private void planar() {
    indexed(0x3C4, 4, 0x06);
    indexed(0x3C4, 2, 0x0F);
    indexed(0x3CE, 5, 0x00);
    indexed(0x3CE, 6, 0x05);
    indexed(0x3CE, 8, 0xFF);
  }

  private int plane(int plane, int offset) {
    indexed(0x3CE, 4, plane);
    return peek(offset);
  }

  @Test
  void startsBlankInMode3() {
    Screen screen = vga.screen();
    assertThat(screen.columns()).isEqualTo(80);
    assertThat(screen.rows()).isEqualTo(25);
    assertThat(screen.cursor()).isZero();
    assertThat(vga.text()).hasSize(25).containsOnly(" ".repeat(80));
    assertThat(screen.attributes()[0]).isEqualTo((byte) 7);
    assertThat(vga.memory().read(TEXT, 4)).isEqualTo(0x07200720L);
    assertThat(vga.memory().read(0, 1)).as("nothing at 0xA0000").isEqualTo(0xFF);
  }

  @Test
  void textAndCursor() {
    String text = "Hello, VGA";
    for (int i = 0; i < text.length(); i++) {
      vga.memory().write(TEXT + 160 + 2 * i, 2, text.charAt(i) | 0x1E00);
    }
    assertThat(vga.text()[1]).startsWith(text);
    assertThat(vga.screen().attributes()[80]).isEqualTo((byte) 0x1E);
    poke(TEXT, 0xB0);
    assertThat(vga.text()[0]).startsWith("░");
    indexed(0x3D4, 0x0E, 0);
    indexed(0x3D4, 0x0F, 85);
    assertThat(vga.screen().cursor()).isEqualTo(85);
    indexed(0x3D4, 0x0A, 0x20);
    assertThat(vga.screen().cursor()).isEqualTo(-1);
  }

  @Test
  void scrollingByTheStartAddress() {
    vga.memory().write(TEXT + 160, 1, 'A');
    indexed(0x3D4, 0x0D, 80);
    assertThat(vga.text()[0]).startsWith("A");
  }

  /** Bits 6 and 7 of the mode tell of 256 colours, and of where colours come from. */
  @Test
  void eachAttributeHasTheBitsThatThereAre() {
    int[] bits = {0x3F, 0xEF, 0xFF, 0x3F, 0x0F, 0x0F};
    for (int i = 0; i < bits.length; i++) {
      int register = 0x0F + i;
      in(0x3DA);
      out(0x3C0, register);
      out(0x3C0, 0xFF);
      out(0x3C0, register);
      assertThat(in(0x3C1)).as("%x", register).isEqualTo(bits[i]);
    }
  }

  @Test
  void theAttributePortTakesIndexAndDataInTurns() {
    in(0x3DA);
    out(0x3C0, 0x10);
    out(0x3C0, 0x0D);
    assertThat(in(0x3C0)).isEqualTo(0x10);
    assertThat(in(0x3C1)).isEqualTo(0x0D);
    out(0x3C0, 0x01);
    in(0x3DA);
    out(0x3C0, 0x02);
    assertThat(in(0x3C1)).as("the status made it an index again").isEqualTo(0x02);
    out(0x3C0, 0x3F);
    assertThat(in(0x3C1)).isEqualTo(0x3F);
    out(0x3C0, 0x22);
    out(0x3C0, 0x00);
    assertThat(in(0x3C1)).as("in use for the screen").isEqualTo(0x3F);
  }

  @Test
  void theCrtControllerMovesWithTheMiscellaneousOutput() {
    assertThat(indexed(0x3D4, 1)).isEqualTo(79);
    assertThat(in(0x3B5)).isEqualTo(0xFF);
    out(0x3C2, 0x66);
    assertThat(in(0x3CC)).isEqualTo(0x66);
    assertThat(indexed(0x3B4, 1)).isEqualTo(79);
    assertThat(in(0x3D5)).isEqualTo(0xFF);
    assertThat(in(0x3BA)).isNotEqualTo(0xFF);
    assertThat(in(0x3DA)).isEqualTo(0xFF);
  }

  @Test
  void theFirstCrtRegistersCanBeLocked() {
    indexed(0x3D4, 0x11, 0x8E);
    indexed(0x3D4, 1, 0x12);
    assertThat(indexed(0x3D4, 1)).isEqualTo(79);
    indexed(0x3D4, 7, 0xFF & ~0x10);
    assertThat(indexed(0x3D4, 7)).as("one bit stays open").isEqualTo(0x0F);
    indexed(0x3D4, 0x11, 0x0E);
    indexed(0x3D4, 1, 0x12);
    assertThat(indexed(0x3D4, 1)).isEqualTo(0x12);
    assertThat(indexed(0x3D4, 0x19)).isZero();
  }

  @Test
  void retraceComesSeventyTimesASecond() {
    int retraces = 0;
    boolean before = false;
    long blanked = 0;
    long samples = 0;
    while (bench.time.now() < SECOND) {
      int status = in(0x3DA);
      boolean retrace = (status & 8) != 0;
      retraces += retrace && !before ? 1 : 0;
      before = retrace;
      blanked += status & 1;
      samples++;
      bench.pass(5003);
    }
    assertThat(retraces).isBetween(69, 71);
    assertThat(blanked * 100 / samples).as("a quarter of the time").isBetween(25L, 31L);
  }

  @Test
  void thePaletteIsReadAndWrittenInThrees() {
    out(0x3C8, 10);
    for (int i = 0; i < 6; i++) {
      out(0x3C9, 0xC0 | 10 + i);
    }
    assertThat(in(0x3C8)).isEqualTo(12);
    assertThat(in(0x3C7)).isZero();
    out(0x3C7, 11);
    assertThat(in(0x3C7)).isEqualTo(3);
    assertThat(in(0x3C9)).isEqualTo(13);
    assertThat(in(0x3C9)).isEqualTo(14);
    assertThat(in(0x3C9)).isEqualTo(15);
    out(0x3C7, 7);
    assertThat(in(0x3C9) << 16 | in(0x3C9) << 8 | in(0x3C9)).isEqualTo(0x2A2A2A);
    out(0x3C6, 0x0F);
    assertThat(in(0x3C6)).isEqualTo(0x0F);
  }

  @Test
  void planesAreWrittenByTheirMask() {
    planar();
    indexed(0x3C4, 2, 0x05);
    poke(0x9000, 0xA5);
    assertThat(plane(0, 0x9000)).isEqualTo(0xA5);
    assertThat(plane(1, 0x9000)).isZero();
    assertThat(plane(2, 0x9000)).isEqualTo(0xA5);
    assertThat(plane(3, 0x9000)).isZero();
  }

  @Test
  void writeMode0RotatesSetsMasksAndMixes() {
    planar();
    poke(0, 0xF0);
    peek(0);
    indexed(0x3CE, 8, 0x3C);
    poke(1, 0x0F);
    assertThat(plane(0, 1)).as("bits outside the mask from the latches").isEqualTo(0xCC);
    peek(0);
    indexed(0x3CE, 8, 0xFF);
    indexed(0x3CE, 3, 0x18);
    poke(2, 0xFF);
    assertThat(plane(3, 2)).as("exclusive or").isEqualTo(0x0F);
    peek(0);
    indexed(0x3CE, 3, 0x08);
    poke(2, 0x3C);
    assertThat(plane(3, 2)).as("and").isEqualTo(0x30);
    peek(0);
    indexed(0x3CE, 3, 0x10);
    poke(2, 0x3C);
    assertThat(plane(3, 2)).as("or").isEqualTo(0xFC);
    indexed(0x3CE, 3, 0x02);
    poke(3, 0x81);
    assertThat(plane(1, 3)).as("rotated").isEqualTo(0x60);
    indexed(0x3CE, 3, 0x00);
    indexed(0x3CE, 0, 0x02);
    indexed(0x3CE, 1, 0x03);
    poke(4, 0x55);
    assertThat(plane(0, 4)).as("reset").isZero();
    assertThat(plane(1, 4)).as("set").isEqualTo(0xFF);
    assertThat(plane(2, 4)).as("data").isEqualTo(0x55);
  }

  @Test
  void writeModes1To3() {
    planar();
    poke(0, 0x12);
    indexed(0x3C4, 2, 0x02);
    poke(0, 0x34);
    indexed(0x3C4, 2, 0x0F);
    peek(0);
    indexed(0x3CE, 5, 0x01);
    poke(9, 0xFF);
    indexed(0x3CE, 5, 0x00);
    assertThat(plane(0, 9)).as("mode 1 copies").isEqualTo(0x12);
    assertThat(plane(1, 9)).isEqualTo(0x34);
    indexed(0x3CE, 5, 0x02);
    poke(10, 0x0A);
    assertThat(plane(0, 10)).as("mode 2 writes a colour").isZero();
    assertThat(plane(3, 10)).isEqualTo(0xFF);
    peek(0);
    indexed(0x3CE, 5, 0x03);
    indexed(0x3CE, 0, 0x01);
    poke(11, 0xF0);
    assertThat(plane(0, 11)).as("mode 3 writes a colour through a mask").isEqualTo(0xF2);
    assertThat(plane(1, 11)).isEqualTo(0x04);
  }

  @Test
  void readMode1Compares() {
    planar();
    poke(0, 0xF0);
    indexed(0x3C4, 2, 0x01);
    poke(0, 0xFF);
    indexed(0x3CE, 5, 0x08);
    indexed(0x3CE, 2, 0x0F);
    indexed(0x3CE, 7, 0x0F);
    assertThat(peek(0)).isEqualTo(0xF0);
    indexed(0x3CE, 2, 0x01);
    assertThat(peek(0)).isEqualTo(0x0F);
    indexed(0x3CE, 7, 0x01);
    assertThat(peek(0)).as("one plane cared for").isEqualTo(0xFF);
    indexed(0x3CE, 7, 0x00);
    assertThat(peek(0)).as("none cared for").isEqualTo(0xFF);
  }

  @Test
  void chainedFourPutsEachByteIntoItsPlane() {
    planar();
    indexed(0x3C4, 4, 0x0E);
    vga.memory().write(8, 4, 0x44332211);
    assertThat(vga.memory().read(8, 4)).isEqualTo(0x44332211L);
    indexed(0x3C4, 4, 0x06);
    assertThat(plane(0, 8)).isEqualTo(0x11);
    assertThat(plane(3, 8)).isEqualTo(0x44);
  }

  @Test
  void theWindowMoves() {
    int[] starts = {0, 0, 0x10000, 0x18000};
    int[] ends = {0x20000, 0x10000, 0x18000, 0x20000};
    for (int map = 0; map < 4; map++) {
      indexed(0x3CE, 6, map << 2 | 2);
      for (int offset = 0; offset < 0x20000; offset += 0x4000) {
        poke(offset, 0x5A);
        boolean inside = offset >= starts[map] && offset < ends[map];
        assertThat(peek(offset)).isEqualTo(inside ? 0x5A : 0xFF);
      }
    }
  }

  @Test
  void graphicsIsNoText() {
    planar();
    assertThat(vga.textMode()).isFalse();
    assertThat(vga.screen()).isNull();
    assertThat(vga.text()).isEmpty();
  }

  @Test
  void pagesTellWhatWasWritten() {
    VideoRam memory = vga.ram();
    assertThat(memory.pages()).isEqualTo(4096);
    memory.clean();
    assertThat(memory.nextDirty(0)).isEqualTo(-1);
    poke(TEXT + 0x1000, 'Q');
    assertThat(memory.nextDirty(0)).isEqualTo(4);
    assertThat(memory.nextDirty(5)).isEqualTo(-1);
    byte[] page = new byte[Paged.PAGE];
    memory.readPage(4, page);
    assertThat(page[0]).isEqualTo((byte) 'Q');
    Vga other = new Vga(bench.time);
    other.ram().clean();
    other.ram().writePage(4, page);
    assertThat(other.ram().nextDirty(0)).isEqualTo(4);
    assertThat(other.memory().read(TEXT + 0x1000, 1)).isEqualTo('Q');
  }

  @Test
  void looksAtTheScreenWithoutEffect() {
    poke(TEXT, 'x');
    in(0x3DA);
    out(0x3C0, 0x10);
    vga.ram().clean();
    Vga.State before = vga.state();
    vga.text();
    vga.picture();
    assertThat(vga.ram().nextDirty(0)).isEqualTo(-1);
    assertThat(vga.state()).usingRecursiveComparison().isEqualTo(before);
  }
}
