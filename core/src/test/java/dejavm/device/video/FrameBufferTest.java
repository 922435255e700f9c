package dejavm.device.video;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.device.Workbench;
import org.junit.jupiter.api.Test;

class FrameBufferTest {
  private static final int INDEX = (int) Vga.DISPI_PORTS;
  private static final int DATA = INDEX + 1;
  private static final int FRAME = (int) Vga.FRAME_BUFFER;
  private static final int REGISTERS = (int) Vga.REGISTERS;

  private static final int ID = 0;
  private static final int WIDTH = 1;
  private static final int HEIGHT = 2;
  private static final int DEPTH = 3;
  private static final int ENABLE = 4;
  private static final int BANK = 5;
  private static final int VIRTUAL_WIDTH = 6;
  private static final int VIRTUAL_HEIGHT = 7;
  private static final int X_OFFSET = 8;
  private static final int Y_OFFSET = 9;

  private final Vga vga = new Vga(new Workbench().time);

  private void set(int register, int value) {
    vga.ports().write(INDEX, 2, register);
    vga.ports().write(DATA, 2, value);
  }

  private int get(int register) {
    vga.ports().write(INDEX, 2, register);
    return (int) vga.ports().read(DATA, 2);
  }

  private void mode(int width, int height, int depth) {
    set(ENABLE, 0);
    set(WIDTH, width);
    set(HEIGHT, height);
    set(DEPTH, depth);
    set(ENABLE, 0x41);
  }

  private void poke(int at, int size, long value) {
    vga.memory().write(FRAME + at, size, value);
  }

  @Test
  void tellsWhatItIsAndCan() {
    assertThat(get(ID)).isEqualTo(0xB0C5);
    set(ID, 0xB0C2);
    assertThat(get(ID)).as("the version that software speaks").isEqualTo(0xB0C2);
    set(ID, 0x1234);
    assertThat(get(ID)).isEqualTo(0xB0C2);
    assertThat(get(10)).as("16 MiB in pieces of 64 KiB").isEqualTo(256);
    set(ENABLE, 2);
    assertThat(get(WIDTH)).isEqualTo(2560);
    assertThat(get(DEPTH)).isEqualTo(32);
    set(ENABLE, 0);
    assertThat(get(WIDTH)).isZero();
    vga.ports().write(INDEX, 4, ENABLE | 0x41 << 16);
    assertThat(vga.ports().read(INDEX, 4)).as("both in one access").isEqualTo(4 | 0x41 << 16);
    assertThat(vga.ports().read(INDEX, 1)).as("no bytes").isEqualTo(0xFF);
  }

  @Test
  void sizeIsSetWhileItIsOff() {
    mode(800, 600, 32);
    set(WIDTH, 1024);
    assertThat(get(WIDTH)).isEqualTo(800);
    assertThat(get(VIRTUAL_WIDTH)).isEqualTo(800);
    set(VIRTUAL_WIDTH, 100);
    assertThat(get(VIRTUAL_WIDTH)).as("not less than is shown").isEqualTo(800);
    set(VIRTUAL_WIDTH, 1024);
    assertThat(get(VIRTUAL_HEIGHT)).isEqualTo(4096);
    set(VIRTUAL_WIDTH, 8192);
    assertThat(get(VIRTUAL_WIDTH)).as("more than there is memory for").isEqualTo(800);
    vga.leaveFrameBuffer();
    assertThat(vga.textMode()).isTrue();
    assertThat(get(WIDTH)).isZero();
  }

  @Test
  void enablingClearsUnlessAskedNotTo() {
    poke(0x12345, 4, 0xDEADBEEFL);
    set(WIDTH, 640);
    set(HEIGHT, 480);
    set(DEPTH, 8);
    set(ENABLE, 0xC1);
    assertThat(vga.memory().read(FRAME + 0x12345, 4)).isEqualTo(0xDEADBEEFL);
    set(ENABLE, 0);
    set(ENABLE, 0x41);
    assertThat(vga.memory().read(FRAME + 0x12345, 4)).isZero();
  }

  @Test
  void showsPointsOfAllDepths() {
    mode(640, 480, 32);
    poke(4 * (640 * 3 + 5), 4, 0xFF123456L);
    assertThat(vga.picture().width()).isEqualTo(640);
    assertThat(vga.picture().at(5, 3)).isEqualTo(0x123456);
    mode(640, 480, 24);
    poke(3 * (640 * 3 + 5), 2, 0x3456);
    poke(3 * (640 * 3 + 5) + 2, 1, 0x12);
    assertThat(vga.picture().at(5, 3)).isEqualTo(0x123456);
    mode(640, 480, 16);
    poke(2 * 5, 2, 0xF81F);
    assertThat(vga.picture().at(5, 0)).isEqualTo(0xFF00FF);
    mode(640, 480, 15);
    poke(2 * 5, 2, 0x03E0);
    assertThat(vga.picture().at(5, 0)).isEqualTo(0x00FF00);
    mode(640, 480, 8);
    vga.ports().write(0x18, 1, 7);
    for (int component : new int[] {0x3F, 0, 0x20}) {
      vga.ports().write(0x19, 1, component);
    }
    poke(9, 1, 7);
    assertThat(vga.picture().at(9, 0)).isEqualTo(0xFF0082);
    mode(640, 480, 4);
    vga.memory().write(2, 1, 0xFF); // all planes, through the window
    assertThat(vga.textMode()).isFalse();
    assertThat(vga.picture().width()).isEqualTo(640);
  }

  @Test
  void thePaletteCanHaveEightBits() {
    mode(640, 480, 8);
    set(ENABLE, 0x61);
    vga.ports().write(0x18, 1, 7);
    for (int component : new int[] {0x81, 0x42, 0xC3}) {
      vga.ports().write(0x19, 1, component);
    }
    vga.ports().write(0x17, 1, 7);
    assertThat(vga.ports().read(0x19, 1)).isEqualTo(0x81);
    poke(9, 1, 7);
    assertThat(vga.picture().at(9, 0)).isEqualTo(0x8142C3);
  }

  @Test
  void theWindowShowsABank() {
    mode(1024, 768, 8);
    vga.ports().write(0x1E, 1, 6); // a window of 64 KiB at 0xA0000
    vga.ports().write(0x1F, 1, 5);
    set(BANK, 3);
    vga.memory().write(0x1234, 1, 0x5A);
    assertThat(vga.memory().read(FRAME + 0x31234, 1)).isEqualTo(0x5A);
    poke(0x3FFFF, 1, 0x77);
    assertThat(vga.memory().read(0xFFFF, 1)).isEqualTo(0x77);
  }

  @Test
  void thePictureBeginsWhereItIsTold() {
    mode(640, 480, 32);
    set(VIRTUAL_WIDTH, 1024);
    set(X_OFFSET, 16);
    set(Y_OFFSET, 10);
    poke(4 * (1024 * 12 + 17), 4, 0xABCDEF);
    assertThat(vga.picture().at(1, 2)).isEqualTo(0xABCDEF);
  }

  @Test
  void theRegistersAreInMemoryToo() {
    vga.memory().write(REGISTERS + 0x500 + 2 * WIDTH, 2, 720);
    assertThat(get(WIDTH)).isEqualTo(720);
    assertThat(vga.memory().read(REGISTERS + 0x500, 4)).isEqualTo(0xB0C5L | 720L << 16);
    vga.memory().write(REGISTERS + 0x404, 1, 3); // the sequencer's index, port 0x3C4
    assertThat(vga.ports().read(0x14, 1)).isEqualTo(3);
    assertThat(vga.memory().read(REGISTERS, 4)).as("no EDID").isEqualTo(0xFFFFFFFFL);
  }
}
