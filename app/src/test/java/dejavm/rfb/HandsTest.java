package dejavm.rfb;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Input;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Keys and pointers of viewers as keys and a mouse of the machine. */
class HandsTest {
  private static final int SHIFT = 0x2A;
  private static final int A = 0x1E;

  private final List<Input> pushed = new ArrayList<>();
  private final Keyboard keyboard = new Keyboard(pushed::add);
  private final Mouse mouse = new Mouse(pushed::add);

  private List<Input> take() {
    List<Input> taken = List.copyOf(pushed);
    pushed.clear();
    return taken;
  }

  private void press(int keysym) throws InterruptedException {
    keyboard.meant(new ClientMessage.Key(true, keysym));
  }

  private void letGo(int keysym) throws InterruptedException {
    keyboard.meant(new ClientMessage.Key(false, keysym));
  }

  private static Input down(int code) {
    return new Input.Key(code, true);
  }

  private static Input up(int code) {
    return new Input.Key(code, false);
  }

  @Test
  void shiftIsPushedWhereAMeaningTakesIt() throws InterruptedException {
    press('a');
    letGo('a');
    assertThat(take()).containsExactly(down(A), up(A));
    press('A');
    letGo('A');
    assertThat(take()).containsExactly(down(SHIFT), down(A), up(SHIFT), up(A));
    press(0xFFE1);
    press('A');
    letGo('A');
    assertThat(take()).containsExactly(down(SHIFT), down(A), up(A));
    // a keyboard where this sign takes Shift
    press('/');
    letGo('/');
    assertThat(take()).containsExactly(up(SHIFT), down(0x35), down(SHIFT), up(0x35));
    letGo(0xFFE1);
    assertThat(take()).containsExactly(up(SHIFT));
  }

  @Test
  void capitalsNeedNoShiftUnderCapsLock() throws InterruptedException {
    press(0xFFE5);
    letGo(0xFFE5);
    take();
    press('A');
    letGo('A');
    assertThat(take()).containsExactly(down(A), up(A));
    press('!');
    letGo('!');
    assertThat(take()).containsExactly(down(SHIFT), down(2), up(SHIFT), up(2));
  }

  @Test
  void aKeyIsHeldOnceHoweverOftenAViewerRepeatsIt() throws InterruptedException {
    press('a');
    press('a');
    press('A');
    keyboard.release();
    letGo('a');
    assertThat(take()).containsExactly(down(A), up(A));
  }

  @Test
  void everyPrintableCharacterHasAKey() {
    for (int keysym = ' '; keysym <= '~'; keysym++) {
      assertThat(KeySyms.key(keysym)).as("keysym %c", keysym).isNotNull();
    }
    assertThat(KeySyms.key(0xFF0D).code()).isEqualTo(0x1C);
    assertThat(KeySyms.key(0xFFFF).code()).isEqualTo(0xE053);
    assertThat(KeySyms.key(0xFFC9).code()).isEqualTo(0x58);
    assertThat(KeySyms.key(0xFF9C).code()).isEqualTo(0x4F);
    assertThat(KeySyms.key(0x1234)).isNull();
  }

  @Test
  void codesAreTakenAsTheyAre() throws InterruptedException {
    keyboard.scanned(new ClientMessage.ScannedKey(true, 0, 0x2C));
    keyboard.scanned(new ClientMessage.ScannedKey(true, 0xFF52, 0xC8));
    keyboard.scanned(new ClientMessage.ScannedKey(true, 0xFF13, 0xC6));
    keyboard.scanned(new ClientMessage.ScannedKey(true, 'x', 0));
    keyboard.scanned(new ClientMessage.ScannedKey(true, 0, 0x12345));
    assertThat(take()).containsExactly(down(0x2C), down(0xE048), down(0xE11D), down(0x2D));
  }

  @Test
  void codesGetTheShiftThatAViewerWithoutOneLeavesOut() throws InterruptedException {
    keyboard.scanned(new ClientMessage.ScannedKey(true, 'A', A));
    keyboard.scanned(new ClientMessage.ScannedKey(false, 'A', A));
    assertThat(take()).containsExactly(down(SHIFT), down(A), up(SHIFT), up(A));
    keyboard.scanned(new ClientMessage.ScannedKey(true, 0xFFE1, SHIFT));
    keyboard.scanned(new ClientMessage.ScannedKey(true, 'A', A));
    // another layout: this key is a digit there, with Shift
    keyboard.scanned(new ClientMessage.ScannedKey(true, '1', 2));
    keyboard.scanned(new ClientMessage.ScannedKey(false, 0xFFE1, SHIFT));
    // and this one a sign that is elsewhere on a US keyboard
    keyboard.scanned(new ClientMessage.ScannedKey(true, '&', 3));
    assertThat(take()).containsExactly(down(SHIFT), down(A), down(2), up(SHIFT), down(3));
  }

  @Test
  void placesBecomeMovements() throws InterruptedException {
    mouse.at(new ClientMessage.Pointer(0, 10, 20), 640, 480);
    mouse.at(new ClientMessage.Pointer(0, 15, 18), 640, 480);
    mouse.at(new ClientMessage.Pointer(0, 15, 18), 640, 480);
    mouse.at(new ClientMessage.Pointer(0, 639, 18), 640, 480);
    mouse.at(new ClientMessage.Pointer(0, 700, 0), 640, 480);
    assertThat(take())
        .containsExactly(
            new Input.Pointer(-704, -544, 0, 0),
            new Input.Pointer(10, 20, 0, 0),
            new Input.Pointer(5, -2, 0, 0),
            new Input.Pointer(624 + 64, 0, 0, 0),
            new Input.Pointer(0, -18 - 64, 0, 0));
  }

  @Test
  void buttonsAndTheWheelAreThoseOfAMouse() throws InterruptedException {
    mouse.at(new ClientMessage.Pointer(0, 1, 1), 640, 480);
    take();
    for (int mask : new int[] {1, 2, 4, 0, 8, 0, 16, 17, 0}) {
      mouse.at(new ClientMessage.Pointer(mask, 1, 1), 640, 480);
    }
    assertThat(take())
        .containsExactly(
            new Input.Pointer(0, 0, 0, 1),
            new Input.Pointer(0, 0, 0, 4),
            new Input.Pointer(0, 0, 0, 2),
            new Input.Pointer(0, 0, 0, 0),
            new Input.Pointer(0, 0, -1, 0),
            new Input.Pointer(0, 0, 1, 0),
            new Input.Pointer(0, 0, 0, 1),
            new Input.Pointer(0, 0, 0, 0));
    mouse.at(new ClientMessage.Pointer(1, 1, 1), 640, 480);
    mouse.release();
    assertThat(take()).endsWith(new Input.Pointer(0, 0, 0, 0));
  }
}
