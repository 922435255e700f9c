package dejavm.device.input;

import static dejavm.device.Workbench.MILLISECOND;
import static org.assertj.core.api.Assertions.assertThat;

import dejavm.device.Probe;
import dejavm.device.Workbench;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class I8042Test {
  private final Workbench bench = new Workbench();
  private final Probe irq1 = new Probe();
  private final Probe irq12 = new Probe();
  private final Probe a20 = new Probe();
  private final Probe resets = new Probe();
  private final Ps2Keyboard keyboard = new Ps2Keyboard(bench.time, bench);
  private final Ps2Mouse mouse = new Ps2Mouse(bench.time);
  private final I8042 chip =
      new I8042(bench.time, irq1, irq12, a20, this::pullReset, keyboard, mouse);

  private void pullReset() {
    resets.set(true);
    resets.set(false);
  }

  private void command(int value) {
    chip.writeByte(4, value);
  }

  private void data(int value) {
    chip.writeByte(0, value);
  }

  /** All bytes that come within a while, as a polling driver reads them. */
  private List<Integer> bytes() {
    List<Integer> bytes = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      bench.pass(MILLISECOND);
      if ((chip.readByte(4) & 1) != 0) {
        bytes.add(chip.readByte(0));
      }
    }
    return bytes;
  }

  private List<Integer> toKeyboard(int... values) {
    List<Integer> bytes = new ArrayList<>();
    for (int value : values) {
      data(value);
      bytes.addAll(bytes());
    }
    return bytes;
  }

  private List<Integer> toMouse(int... values) {
    List<Integer> bytes = new ArrayList<>();
    for (int value : values) {
      command(0xD4);
      data(value);
      bytes.addAll(bytes());
    }
    return bytes;
  }

  @Test
  void testsAndCommandByte() {
    command(0xAA);
    assertThat(chip.readByte(4) & 1).as("the answer takes time").isZero();
    assertThat(bytes()).containsExactly(0x55);
    command(0xAB);
    assertThat(bytes()).containsExactly(0x00);
    command(0xA9);
    assertThat(bytes()).containsExactly(0x00);
    command(0x20);
    assertThat(bytes()).containsExactly(0x47);
    command(0x60);
    data(0x65);
    command(0x20);
    assertThat(bytes()).containsExactly(0x65);
    command(0xA7);
    command(0xAD);
    command(0x20);
    assertThat(bytes()).containsExactly(0x75);
    command(0xA8);
    command(0xAE);
    command(0x20);
    assertThat(bytes()).containsExactly(0x45);
    command(0x7F);
    data(0x12);
    command(0x3F);
    assertThat(bytes()).as("its RAM").containsExactly(0x12);
  }

  @Test
  void statusTellsCommandFromData() {
    assertThat(chip.readByte(4)).isEqualTo(0x14);
    command(0xAE);
    assertThat(chip.readByte(4)).isEqualTo(0x1C);
    data(0xF4);
    assertThat(chip.readByte(4)).isEqualTo(0x14);
  }

  @Test
  void keysComeTranslatedWithAnInterruptEach() {
    keyboard.key(0x1E, true);
    bench.pass(699_999);
    assertThat(irq1.level()).isFalse();
    bench.pass(1);
    assertThat(irq1.level()).isTrue();
    assertThat(chip.readByte(4) & 0x21).isEqualTo(0x01);
    assertThat(chip.readByte(0)).isEqualTo(0x1E);
    assertThat(irq1.level()).isFalse();
    assertThat(chip.readByte(0)).as("the last byte again").isEqualTo(0x1E);
    keyboard.key(0x1E, false);
    bench.pass(MILLISECOND);
    assertThat(irq1.level()).as("the prefix of set 2 is no byte").isFalse();
    assertThat(bytes()).containsExactly(0x9E);
  }

  @Test
  void theStateKnowsOfAPrefixThatWasSwallowed() {
    keyboard.key(0x1E, false);
    bench.pass(MILLISECOND);
    I8042.State between = chip.state();
    assertThat(between.broken()).isTrue();
    bytes();
    assertThat(chip.state().broken()).isFalse();
    chip.restore(between);
    assertThat(chip.state()).usingRecursiveComparison().isEqualTo(between);
    data(0xED);
    assertThat(bytes()).as("the bit goes to the byte after it").containsExactly(0xFA);
    assertThat(chip.state().broken()).isFalse();
  }

  @Test
  void everyKeyComesAsItsSet1Code() {
    for (int code = 1; code < 0x59; code++) {
      for (int key : new int[] {code, 0xE000 | code}) {
        keyboard.key(key, true);
        keyboard.key(key, false);
        List<Integer> expected =
            key == 0xE037
                ? List.of(0xE0, 0x2A, 0xE0, 0x37, 0xE0, 0xB7, 0xE0, 0xAA)
                : key > 0xFF ? List.of(0xE0, code, 0xE0, code | 0x80) : List.of(code, code | 0x80);
        assertThat(bytes()).as("key %x", key).isEqualTo(expected);
      }
    }
    keyboard.key(0xE11D, true);
    keyboard.key(0xE11D, false);
    assertThat(bytes()).containsExactly(0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5);
  }

  @Test
  void untranslatedBytesAreSet2() {
    command(0x60);
    data(0x05);
    keyboard.key(0x1E, true);
    keyboard.key(0x1E, false);
    keyboard.key(0xE048, true);
    assertThat(bytes()).containsExactly(0x1C, 0xF0, 0x1C, 0xE0, 0x75);
  }

  @Test
  void aByteWaitsUntilTheBufferIsEmpty() {
    keyboard.key(0x02, true);
    keyboard.key(0x03, true);
    bench.pass(100 * MILLISECOND);
    assertThat(chip.readByte(0)).isEqualTo(0x02);
    assertThat(chip.readByte(4) & 1).isZero();
    bench.pass(MILLISECOND);
    assertThat(chip.readByte(0)).isEqualTo(0x03);
  }

  @Test
  void aDisabledKeyboardKeepsItsBytes() {
    command(0xAD);
    keyboard.key(0x02, true);
    keyboard.key(0x02, false);
    assertThat(bytes()).isEmpty();
    command(0xAE);
    assertThat(bytes()).containsExactly(0x02, 0x82);
  }

  @Test
  void interruptsCanBeOff() {
    command(0x60);
    data(0x44);
    keyboard.key(0x02, true);
    bench.pass(MILLISECOND);
    assertThat(irq1.level()).isFalse();
    assertThat(chip.readByte(4) & 1).isOne();
    command(0x60);
    data(0x45);
    assertThat(irq1.level()).as("enabled with a byte in the buffer").isTrue();
  }

  @Test
  void loopbacksCarryTheirSource() {
    command(0xD3);
    data(0x5A);
    bench.pass(MILLISECOND);
    assertThat(chip.readByte(4) & 0x21).isEqualTo(0x21);
    assertThat(irq12.level()).isTrue();
    assertThat(chip.readByte(0)).isEqualTo(0x5A);
    assertThat(irq12.level()).isFalse();
    command(0xD2);
    data(0xA5);
    bench.pass(MILLISECOND);
    assertThat(chip.readByte(4) & 0x21).isEqualTo(0x01);
    assertThat(irq1.level()).isTrue();
  }

  @Test
  void theOutputPortGatesA20AndResets() {
    chip.reset();
    assertThat(a20.level()).isTrue();
    command(0xD1);
    data(0xDD);
    assertThat(a20.level()).isFalse();
    command(0xD0);
    assertThat(bytes()).containsExactly(0xCD);
    command(0xDF);
    assertThat(a20.level()).isTrue();
    command(0xDD);
    assertThat(a20.level()).isFalse();
    assertThat(resets.rises()).isZero();
    command(0xFE);
    assertThat(resets.rises()).isOne();
    command(0xFF);
    assertThat(resets.rises()).isZero();
    command(0xD1);
    data(0xFE);
    assertThat(resets.rises()).isOne();
  }

  @Test
  void keyboardCommands() {
    assertThat(toKeyboard(0xEE)).containsExactly(0xEE);
    assertThat(toKeyboard(0xF2)).as("translated").containsExactly(0xFA, 0xAB, 0x41);
    assertThat(toKeyboard(0xED, 0x07)).containsExactly(0xFA, 0xFA);
    assertThat(bench.taken()).containsExactly("leds 7");
    assertThat(toKeyboard(0xFF)).containsExactly(0xFA, 0xAA);
    assertThat(bench.taken()).containsExactly("leds 0");
    assertThat(toKeyboard(0xF0, 0x00)).containsExactly(0xFA, 0xFA, 0x41);
    assertThat(toKeyboard(0xF0, 0x04)).containsExactly(0xFA, 0xFE);
    assertThat(toKeyboard(0x01)).containsExactly(0xFE);
    assertThat(toKeyboard(0xFE)).as("the last byte again").containsExactly(0xFE);
    assertThat(toKeyboard(0xED, 0xF4)).as("a command instead").containsExactly(0xFA, 0xFA);
  }

  @Test
  void aDisabledKeyboardScansNothing() {
    toKeyboard(0xF5);
    keyboard.key(0x1E, true);
    assertThat(bytes()).isEmpty();
    toKeyboard(0xF4);
    keyboard.key(0x1E, true);
    assertThat(bytes()).containsExactly(0x1E);
  }

  @Test
  void set1ComesUntranslated() {
    command(0x60);
    data(0x05);
    toKeyboard(0xF0, 0x01);
    keyboard.key(0x1E, true);
    keyboard.key(0x1E, false);
    keyboard.key(0xE11D, true);
    assertThat(bytes()).containsExactly(0x1E, 0x9E, 0xE1, 0x1D, 0x45, 0xE1, 0x9D, 0xC5);
  }

  @Test
  void set3HasAByteForEveryKeyAndReleasesOnDemand() {
    command(0x60);
    data(0x05);
    toKeyboard(0xF0, 0x03);
    keyboard.key(0x1E, true);
    keyboard.key(0x1E, false);
    keyboard.key(0x1D, true);
    keyboard.key(0x1D, false);
    keyboard.key(0xE048, true);
    keyboard.key(0xE048, false);
    assertThat(bytes()).containsExactly(0x1C, 0x11, 0xF0, 0x11, 0x63);
    assertThat(toKeyboard(0xFC, 0x1C, 0xF4)).containsExactly(0xFA, 0xFA, 0xFA);
    keyboard.key(0x1E, true);
    keyboard.key(0x1E, false);
    assertThat(bytes()).containsExactly(0x1C, 0xF0, 0x1C);
    assertThat(toKeyboard(0xF9)).containsExactly(0xFA);
    keyboard.key(0x1D, true);
    keyboard.key(0x1D, false);
    assertThat(bytes()).containsExactly(0x11);
  }

  @Test
  void keysRepeatAtTheRateThatWasSet() {
    keyboard.key(0x1E, true);
    keyboard.key(0x1E, true);
    bench.pass(499 * MILLISECOND);
    assertThat(irq1.rises()).isOne();
    chip.readByte(0);
    int repeats = 0;
    for (int i = 0; i < 2000; i++) {
      bench.pass(MILLISECOND);
      repeats += irq1.rises();
      chip.readByte(0);
    }
    assertThat(repeats).as("10.9 a second").isBetween(21, 23);
    toKeyboard(0xF3, 0x00);
    keyboard.key(0x1E, false);
    assertThat(bytes()).isNotEmpty();
    bench.pass(3 * Workbench.SECOND);
    assertThat(bytes()).as("released").isEmpty();
    keyboard.key(0x1E, true);
    bench.pass(249 * MILLISECOND);
    chip.readByte(0);
    irq1.rises();
    for (int i = 0; i < 1000; i++) {
      bench.pass(MILLISECOND);
      chip.readByte(0);
    }
    assertThat(irq1.rises()).as("30 a second").isBetween(29, 31);
  }

  @Test
  void aFullKeyboardSaysThatKeysWereLost() {
    for (int i = 0; i < 20; i++) {
      keyboard.key(0x02 + i, true);
    }
    List<Integer> bytes = bytes();
    assertThat(bytes).hasSize(17);
    assertThat(bytes.get(15)).isEqualTo(0x11);
    assertThat(bytes.get(16)).isEqualTo(0xFF);
    keyboard.key(0x30, true);
    assertThat(bytes()).containsExactly(0x30);
  }

  @Test
  void strangeKeysAreIgnored() {
    for (int code : new int[] {0, 0x80, 0xFF, 0xE000, 0xE0FF, 0xE1FF, 0x1234, -1}) {
      keyboard.key(code, true);
    }
    assertThat(bytes()).isEmpty();
  }

  @Test
  void theMouseIsFoundWithItsWheel() {
    assertThat(toMouse(0xFF)).containsExactly(0xFA, 0xAA, 0x00);
    assertThat(irq12.rises()).isEqualTo(3);
    assertThat(toMouse(0xF2)).containsExactly(0xFA, 0x00);
    toMouse(0xF3, 200, 0xF3, 100, 0xF3, 80);
    assertThat(toMouse(0xF2)).containsExactly(0xFA, 0x03);
    assertThat(toMouse(0xF4)).containsExactly(0xFA);
    mouse.move(5, 3, -1, 0b101);
    assertThat(bytes()).containsExactly(0x08 | 0x20 | 5, 5, 0xFD, 0xFF);
    assertThat(toMouse(0xE9)).containsExactly(0xFA, 0x20 | 0b110, 2, 80);
  }

  @Test
  void mouseMotionAddsUpWhileItCannotBeSent() {
    toMouse(0xF4);
    mouse.move(1, 0, 0, 0);
    mouse.move(2, 0, 0, 0);
    mouse.move(300, -4, 0, 0);
    assertThat(bytes()).containsExactly(0x08, 1, 0, 0x08, 0xFF, 4, 0x08, 302 - 255, 0);
  }

  @Test
  void theMouseAnswersWhenAsked() {
    toMouse(0xF0);
    mouse.move(7, 0, 0, 1);
    assertThat(bytes()).isEmpty();
    assertThat(toMouse(0xEB)).containsExactly(0xFA, 0x09, 7, 0);
    assertThat(toMouse(0xEE)).containsExactly(0xFA);
    assertThat(toMouse(0x42)).as("wrapped").containsExactly(0x42);
    assertThat(toMouse(0xEC)).containsExactly(0xFA);
    assertThat(toMouse(0x42)).containsExactly(0xFE);
    assertThat(toMouse(0xE8, 3, 0xE7, 0xEA, 0xF4)).hasSize(5);
    mouse.move(5, 0, 0, 0);
    assertThat(bytes()).as("scaled").containsExactly(0x08, 9, 0);
  }

  @Test
  void anEmptySocketSaysNothing() {
    Workbench other = new Workbench();
    Ps2Keyboard alone = new Ps2Keyboard(other.time, other);
    I8042 without = new I8042(other.time, irq1, irq12, a20, this::pullReset, alone, Ps2Device.NONE);
    without.writeByte(4, 0xD4);
    without.writeByte(0, 0xFF);
    other.pass(Workbench.SECOND);
    assertThat(without.readByte(4) & 1).isZero();
  }

  @Test
  void resetEmptiesEverything() {
    keyboard.key(0x1E, true);
    bench.pass(MILLISECOND);
    chip.reset();
    keyboard.reset();
    mouse.reset();
    assertThat(irq1.level()).isFalse();
    assertThat(bytes()).isEmpty();
  }
}
