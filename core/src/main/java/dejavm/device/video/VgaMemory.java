package dejavm.device.video;

import dejavm.bus.Derived;
import dejavm.device.ByteWide;

/**
 * The window of 128 KiB at 0xA0000 and the graphics controller behind it: four planes of 64 KiB,
 * read and written a byte of each at a time.
 *
 * <p>Every read loads all four planes into the latches, and most writes mix them in, so a read can
 * change what a later write does. In text modes even addresses are those of plane 0 and odd ones
 * those of plane 1, and half the bytes of each plane are never used; fonts lie in plane 2. While a
 * linear frame buffer is set, the window shows a bank of it and the controller stands aside.
 *
 * <p>Source: IBM VGA technical reference, graphics controller; its write modes 0 to 3.
 */
final class VgaMemory implements ByteWide {
  /** Bytes in the window at 0xA0000. */
  static final int WINDOW = 0x20000;

  private static final int PLANE = 0x10000;

  private static final int MAP_MASK = 2;
  private static final int MEMORY_MODE = 4;
  private static final int MODE_PLANAR = 0x04;
  private static final int MODE_CHAIN4 = 0x08;

  private static final int SET_RESET = 0;
  private static final int ENABLE_SET_RESET = 1;
  private static final int COMPARE = 2;
  private static final int ROTATE = 3;
  private static final int READ_MAP = 4;
  private static final int MODE = 5;
  private static final int MISCELLANEOUS = 6;
  private static final int COMPARE_CARE = 7;
  private static final int BIT_MASK = 8;

  /** Four bytes, one for each plane, of all ones where the bit is set. */
  private static final int[] SPREAD = {
    0,
    0xFF,
    0xFF00,
    0xFFFF,
    0xFF0000,
    0xFF00FF,
    0xFFFF00,
    0xFFFFFF,
    0xFF000000,
    0xFF0000FF,
    0xFF00FF00,
    0xFF00FFFF,
    0xFFFF0000,
    0xFFFF00FF,
    0xFFFFFF00,
    0xFFFFFFFF
  };

  @Derived("the adapter's registers, saved by it")
  private final byte[] sequencer;

  @Derived("the adapter's registers, saved by it")
  private final byte[] graphics;

  /** The bytes of the four planes at address 0, then those at address 1, and so on. */
  private final VideoRam ram;

  private final Dispi dispi;

  @Derived("saved by the adapter")
  private int latches;

  VgaMemory(VideoRam ram, Dispi dispi, byte[] sequencer, byte[] graphics) {
    this.ram = ram;
    this.dispi = dispi;
    this.sequencer = sequencer;
    this.graphics = graphics;
  }

  /** The latches, plane 0 in the low byte. */
  int latches() {
    return latches;
  }

  void latches(int value) {
    latches = value;
  }

  /** A byte of a plane, without effect. */
  int peek(int plane, int address) {
    return ram.get((address & PLANE - 1) << 2 | plane);
  }

  /** Puts a byte into a plane, as firmware would by other means. */
  void poke(int plane, int address, int value) {
    put(address & PLANE - 1, plane, value);
  }

  @Override
  public int readByte(int offset) {
    int address = address(offset);
    if (address < 0) {
      return FLOATING;
    }
    if (dispi.linear()) {
      return ram.get(dispi.bankStart() + address & VideoRam.SIZE - 1);
    }
    address += planeBank();
    int plane = graphics[READ_MAP] & 3;
    if (chained4()) {
      plane = address & 3;
      address &= ~3;
    } else if ((graphics[MODE] & 0x10) != 0) {
      plane = plane & 2 | address & 1;
      address &= ~1;
    }
    int at = address << 2;
    latches = ram.get(at) | ram.get(at + 1) << 8 | ram.get(at + 2) << 16 | ram.get(at + 3) << 24;
    if ((graphics[MODE] & 0x08) == 0) {
      return latches >>> 8 * plane & 0xFF;
    }
    int differs =
        (latches ^ SPREAD[graphics[COMPARE] & 0xF]) & SPREAD[graphics[COMPARE_CARE] & 0xF];
    differs |= differs >>> 16;
    return ~(differs | differs >>> 8) & 0xFF;
  }

  @Override
  public void writeByte(int offset, int value) {
    int address = address(offset);
    if (address < 0) {
      return;
    }
    if (dispi.linear()) {
      ram.put(dispi.bankStart() + address & VideoRam.SIZE - 1, value);
      return;
    }
    address += planeBank();
    int planes = sequencer[MAP_MASK] & 0xF;
    if (chained4()) {
      planes &= 1 << (address & 3);
      address &= ~3;
    } else if ((sequencer[MEMORY_MODE] & MODE_PLANAR) == 0) {
      planes &= (address & 1) == 0 ? 0b0101 : 0b1010;
      address &= ~1;
    }
    int data = mixed(value & 0xFF);
    for (int plane = 0; plane < 4; plane++) {
      if ((planes >> plane & 1) != 0) {
        put(address, plane, data >>> 8 * plane);
      }
    }
  }

  /** Where the window begins in the planes of a frame buffer of 16 colours. */
  private int planeBank() {
    return dispi.enabled() ? dispi.bankStart() % (VideoRam.SIZE / 4) : 0;
  }

  private boolean chained4() {
    return (sequencer[MEMORY_MODE] & MODE_CHAIN4) != 0;
  }

  /** The address in the planes, -1 where the window is elsewhere. */
  private int address(int offset) {
    if (offset < 0 || offset >= WINDOW) {
      return -1;
    }
    return switch (graphics[MISCELLANEOUS] >> 2 & 3) {
      case 0 -> offset & 0xFFFF;
      case 1 -> offset < 0x10000 ? offset : -1;
      case 2 -> offset >= 0x10000 && offset < 0x18000 ? offset & 0x7FFF : -1;
      default -> offset >= 0x18000 ? offset & 0x7FFF : -1;
    };
  }

  /** What a write puts into the four planes. */
  private int mixed(int value) {
    int mode = graphics[MODE] & 3;
    if (mode == 1) {
      return latches;
    }
    int rotate = graphics[ROTATE] & 7;
    int rotated = (value >> rotate | value << 8 - rotate) & 0xFF;
    int mask = (graphics[BIT_MASK] & 0xFF) * 0x01010101;
    int data;
    if (mode == 3) {
      data = SPREAD[graphics[SET_RESET] & 0xF];
      mask &= rotated * 0x01010101;
    } else if (mode == 2) {
      data = logic(SPREAD[value & 0xF]);
    } else {
      int set = SPREAD[graphics[ENABLE_SET_RESET] & 0xF];
      data = logic(rotated * 0x01010101 & ~set | SPREAD[graphics[SET_RESET] & 0xF] & set);
    }
    return data & mask | latches & ~mask;
  }

  private int logic(int data) {
    return switch (graphics[ROTATE] >> 3 & 3) {
      case 0 -> data;
      case 1 -> data & latches;
      case 2 -> data | latches;
      default -> data ^ latches;
    };
  }

  private void put(int address, int plane, int value) {
    ram.put(address << 2 & VideoRam.SIZE - 1 | plane, value);
  }
}
