package dejavm.rfb;

import dejavm.bus.Input;
import dejavm.display.Hands;

/**
 * A viewer's pointer as a mouse of the machine. A viewer tells where its pointer is, a mouse tells
 * only that it moves: at first, and when the screen has another size, it is moved into the corner,
 * far enough to be there wherever it was, and at an edge it moves on. So the guest's pointer
 * follows the viewer's as long as the guest does not accelerate it, and is caught again at an edge
 * if it does. Viewers that know QEMU's extension tell movements instead.
 */
final class Mouse {
  private static final int BEYOND = 64;

  private static final int FARTHEST = 4096;

  /** What stands for no movement where movements are told. */
  private static final int STILL = 0x7FFF;

  private static final int WHEEL_UP = 8;
  private static final int WHEEL_DOWN = 16;

  private final Hands hands;
  private int x;
  private int y;

  // of the picture that x and y lie in
  private int width;
  private int height;

  private int mask;

  Mouse(Hands hands) {
    this.hands = hands;
  }

  /** The pointer is somewhere on a picture of this size. */
  void at(ClientMessage.Pointer pointer, int wide, int high) throws InterruptedException {
    int toX = Math.min(pointer.x(), wide - 1);
    int toY = Math.min(pointer.y(), high - 1);
    if (wide != width || high != height) {
      hands.push(new Input.Pointer(-wide - BEYOND, -high - BEYOND, 0, buttons(mask)));
      x = 0;
      y = 0;
      width = wide;
      height = high;
    }
    int dx = toX - x + beyond(toX, x, width);
    int dy = toY - y + beyond(toY, y, height);
    x = toX;
    y = toY;
    push(dx, dy, pointer.buttons());
  }

  /** The pointer was moved. */
  void moved(ClientMessage.Pointer pointer) throws InterruptedException {
    int dx = pointer.x() - STILL;
    int dy = pointer.y() - STILL;
    // farther than any hand: a place that was told before the viewer knew
    boolean place = Math.abs(dx) > FARTHEST || Math.abs(dy) > FARTHEST;
    push(place ? 0 : dx, place ? 0 : dy, pointer.buttons());
  }

  /** Lets the buttons go. */
  void release() throws InterruptedException {
    if (buttons(mask) != 0) {
      push(0, 0, 0);
    }
  }

  private static int beyond(int to, int from, int size) {
    if (to == from) {
      return 0;
    }
    return to == 0 ? -BEYOND : to == size - 1 ? BEYOND : 0;
  }

  private void push(int dx, int dy, int buttons) throws InterruptedException {
    int pressed = buttons & ~mask;
    int wheel = ((pressed & WHEEL_DOWN) != 0 ? 1 : 0) - ((pressed & WHEEL_UP) != 0 ? 1 : 0);
    boolean changed = buttons(buttons) != buttons(mask);
    mask = buttons;
    if (dx != 0 || dy != 0 || wheel != 0 || changed) {
      hands.push(new Input.Pointer(dx, dy, wheel, buttons(buttons)));
    }
  }

  /** Left, middle and right in order become left, right and middle. */
  private static int buttons(int mask) {
    return mask & 1 | (mask & 4) >> 1 | (mask & 2) << 1;
  }
}
