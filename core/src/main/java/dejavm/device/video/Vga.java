package dejavm.device.video;

import dejavm.bus.Clock;
import dejavm.bus.Mapped;
import dejavm.bus.Stateful;
import dejavm.device.ByteWide;

/**
 * The VGA: 48 ports at 0x3B0 and 128 KiB at 0xA0000.
 *
 * <p>The attribute controller has one port for index and data, which take turns; reading the input
 * status, of which the address depends on bit 0 of the miscellaneous output, makes the index the
 * next one. Registers 0 to 7 of the CRT controller can be locked by a bit in register 0x11, all but
 * one bit of them. Retrace and blanking are computed from the clock when looked at.
 *
 * <p>Source: IBM VGA technical reference.
 */
public final class Vga implements Stateful<Vga.State> {
  /**
   * The registers; the memory is saved as pages.
   *
   * @param attributeData whether the attribute port takes data next
   * @param palette red, green and blue of each colour, six bits each
   * @param paletteRead the component that is read next, {@code colour * 3 + component}
   * @param paletteWrite the component that is written next
   * @param paletteReading whether the palette was last addressed for reading
   */
  public record State(
      int misc,
      int feature,
      int enabled,
      int sequencerIndex,
      byte[] sequencer,
      int graphicsIndex,
      byte[] graphics,
      int crtcIndex,
      byte[] crtc,
      int attributeIndex,
      boolean attributeData,
      byte[] attribute,
      int paletteMask,
      byte[] palette,
      int paletteRead,
      int paletteWrite,
      boolean paletteReading,
      int latches) {}

  private static final byte[] SEQUENCER_MODE3 = {3, 0, 3, 0, 2};
  private static final byte[] GRAPHICS_MODE3 = {0, 0, 0, 0, 0, 0x10, 0x0E, 0, (byte) 0xFF};
  private static final String CRTC_MODE3 = "5f4f50825581bf1f004f0d0e000000009c8e8f281f96b9a3ff";
  private static final String ATTRIBUTE_MODE3 = "000102030405140738393a3b3c3d3e3f0c000f0800";
  private static final int MISC_MODE3 = 0x67;

  private static final int CRTC_LAST = 0x18;
  private static final int ATTRIBUTE_LAST = 0x14;

  private final Clock clock;
  private final Mapped ports = new Ports();
  private final byte[] sequencer = new byte[5];
  private final byte[] graphics = new byte[9];
  private final VgaMemory memory = new VgaMemory(sequencer, graphics);
  private final byte[] crtc = new byte[CRTC_LAST + 1];
  private final byte[] attribute = new byte[ATTRIBUTE_LAST + 1];
  private final byte[] palette = new byte[768];
  private int misc;
  private int feature;
  private int enabled;
  private int sequencerIndex;
  private int graphicsIndex;
  private int crtcIndex;
  private int attributeIndex;
  private boolean attributeData;
  private int paletteMask;
  private int paletteRead;
  private int paletteWrite;
  private boolean paletteReading;

  /** An adapter as firmware leaves it: mode 3, 80 by 25 characters, the screen blank. */
  public Vga(Clock clock) {
    this.clock = clock;
    reset();
  }

  /** Everything as in a new one, the memory too. */
  public void reset() {
    for (int address = 0; address < 0x10000; address++) {
      boolean cell = address < 0x8000 && (address & 1) == 0;
      memory.poke(0, address, cell ? ' ' : 0);
      memory.poke(1, address, cell ? 0x07 : 0);
      memory.poke(2, address, 0);
      memory.poke(3, address, 0);
    }
    memory.latches(0);
    copy(SEQUENCER_MODE3, sequencer);
    copy(GRAPHICS_MODE3, graphics);
    copy(bytes(CRTC_MODE3), crtc);
    copy(bytes(ATTRIBUTE_MODE3), attribute);
    for (int i = 0; i < palette.length; i++) {
      palette[i] = i < 192 ? component(i / 3, 2 - i % 3) : 0;
    }
    misc = MISC_MODE3;
    feature = 0;
    enabled = 1;
    sequencerIndex = 0;
    graphicsIndex = 0;
    crtcIndex = 0;
    attributeIndex = 0x20;
    attributeData = false;
    paletteMask = 0xFF;
    paletteRead = 0;
    paletteWrite = 0;
    paletteReading = false;
  }

  /** The 64 colours of the EGA: a strong bit for each component, and a weak one. */
  private static byte component(int colour, int bit) {
    return (byte) ((colour >> bit & 1) * 0x2A + (colour >> bit + 3 & 1) * 0x15);
  }

  /** 48 ports at 0x3B0. */
  public Mapped ports() {
    return ports;
  }

  /** 128 KiB at 0xA0000; its pages are the 256 KiB behind. */
  public VgaMemory memory() {
    return memory;
  }

  /** Whether a text mode is set. */
  public boolean textMode() {
    return (graphics[6] & 1) == 0;
  }

  /** What the screen shows, or null where it is not text. */
  public Screen screen() {
    if (!textMode()) {
      return null;
    }
    int columns = (crtc[1] & 0xFF) + 1;
    Raster raster = raster();
    int height = (crtc[9] & 0x1F) + 1;
    int rows = Math.max(raster.shownLines() / height >> ((crtc[9] & 0x80) != 0 ? 1 : 0), 1);
    int start = (crtc[0x0C] & 0xFF) << 8 | crtc[0x0D] & 0xFF;
    int pitch = Sweep.pitch(crtc);
    int at = (crtc[0x0E] & 0xFF) << 8 | crtc[0x0F] & 0xFF;
    boolean shown = (crtc[0x0A] & 0x20) == 0 && (crtc[0x0A] & 0x1F) <= (crtc[0x0B] & 0x1F);
    byte[] codes = new byte[columns * rows];
    byte[] attributes = new byte[columns * rows];
    int cursor = -1;
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        int cell = row * columns + column;
        int counter = start + row * pitch + column & 0xFFFF;
        codes[cell] = (byte) memory.peek(0, Sweep.address(crtc, counter));
        attributes[cell] = (byte) memory.peek(1, Sweep.address(crtc, counter));
        cursor = shown && counter == at ? cell : cursor;
      }
    }
    return new Screen(columns, rows, codes, attributes, cursor);
  }

  /** The rows of the screen, none where it is not text. */
  public String[] text() {
    Screen screen = screen();
    return screen == null ? new String[0] : screen.text();
  }

  /**
   * What the screen shows in points, black while it is off. What blinks is shown, and the cursor
   * is.
   */
  public Picture picture() {
    return Picture.of(state(), memory);
  }

  private Raster raster() {
    return Raster.of(crtc, misc, sequencer[1]);
  }

  private int status() {
    Raster raster = raster();
    return raster.status(clock.cycles(clock.now(), raster.hertz()));
  }

  private final class Ports implements ByteWide {
    /** The CRT controller is at 0x3D4 or, as a monochrome adapter's, at 0x3B4. */
    private int moved(int offset) {
      boolean colour = (misc & 1) != 0;
      boolean low = offset < 0x10;
      boolean high = offset >= 0x20;
      return low || high ? low == !colour ? offset & 0xF : -1 : offset;
    }

    @Override
    public int readByte(int offset) {
      if (offset < 0 || offset >= 48) {
        return FLOATING;
      }
      return switch (moved(offset)) {
        case 0x4 -> crtcIndex;
        case 0x5 -> readCrtc();
        case 0xA -> {
          attributeData = false;
          yield status();
        }
        case 0x10 -> attributeIndex;
        case 0x11 ->
            (attributeIndex & 0x1F) <= ATTRIBUTE_LAST ? attribute[attributeIndex & 0x1F] : 0;
        case 0x12 -> 0x10;
        case 0x13 -> enabled;
        case 0x14 -> sequencerIndex;
        case 0x15 -> sequencerIndex < sequencer.length ? sequencer[sequencerIndex] : 0;
        case 0x16 -> paletteMask;
        case 0x17 -> paletteReading ? 3 : 0;
        case 0x18 -> paletteWrite / 3;
        case 0x19 -> {
          int value = palette[paletteRead];
          paletteRead = (paletteRead + 1) % palette.length;
          yield value;
        }
        case 0x1A -> feature;
        case 0x1C -> misc;
        case 0x1E -> graphicsIndex;
        case 0x1F -> graphicsIndex < graphics.length ? graphics[graphicsIndex] & 0xFF : 0;
        default -> FLOATING;
      };
    }

    private int readCrtc() {
      return switch (crtcIndex) {
        case 0x22 -> memory.latches() >>> 8 * (graphics[4] & 3) & 0xFF;
        case 0x24 -> attributeData ? 0x80 : 0;
        case 0x26 -> attributeIndex;
        default -> crtcIndex <= CRTC_LAST ? crtc[crtcIndex] & 0xFF : 0;
      };
    }

    @Override
    public void writeByte(int offset, int value) {
      if (offset < 0 || offset >= 48) {
        return;
      }
      switch (moved(offset)) {
        case 0x4 -> crtcIndex = value & 0x3F;
        case 0x5 -> writeCrtc(value);
        case 0xA -> feature = value & 0x0B;
        case 0x10 -> writeAttribute(value);
        case 0x12 -> misc = value & 0xEF;
        case 0x13 -> enabled = value & 1;
        case 0x14 -> sequencerIndex = value & 7;
        case 0x15 -> {
          if (sequencerIndex < sequencer.length) {
            sequencer[sequencerIndex] = (byte) (value & (sequencerIndex == 1 ? 0x3D : 0x3F));
          }
        }
        case 0x16 -> paletteMask = value;
        case 0x17 -> {
          paletteRead = value * 3;
          paletteReading = true;
        }
        case 0x18 -> {
          paletteWrite = value * 3;
          paletteReading = false;
        }
        case 0x19 -> {
          palette[paletteWrite] = (byte) (value & 0x3F);
          paletteWrite = (paletteWrite + 1) % palette.length;
        }
        case 0x1E -> graphicsIndex = value & 0xF;
        case 0x1F -> {
          if (graphicsIndex < graphics.length) {
            graphics[graphicsIndex] = (byte) value;
          }
        }
        default -> {
          // no register
        }
      }
    }

    private void writeCrtc(int value) {
      if (crtcIndex > CRTC_LAST) {
        return;
      }
      boolean locked = crtcIndex <= 7 && (crtc[0x11] & 0x80) != 0;
      if (!locked) {
        crtc[crtcIndex] = (byte) value;
      } else if (crtcIndex == 7) {
        crtc[7] = (byte) (crtc[7] & ~0x10 | value & 0x10);
      }
    }

    private void writeAttribute(int value) {
      if (!attributeData) {
        attributeIndex = value & 0x3F;
      } else if ((attributeIndex & 0x1F) <= ATTRIBUTE_LAST
          && !((attributeIndex & 0x20) != 0 && (attributeIndex & 0x1F) < 16)) {
        // while the palette is in use for the screen its registers cannot be written
        attribute[attributeIndex & 0x1F] = (byte) (value & 0x3F);
      }
      attributeData = !attributeData;
    }
  }

  private static byte[] bytes(String hex) {
    byte[] bytes = new byte[hex.length() / 2];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) Integer.parseInt(hex.substring(2 * i, 2 * i + 2), 16);
    }
    return bytes;
  }

  private static void copy(byte[] from, byte[] to) {
    for (int i = 0; i < to.length; i++) {
      to[i] = from[i];
    }
  }

  @Override
  public State state() {
    return new State(
        misc,
        feature,
        enabled,
        sequencerIndex,
        sequencer.clone(),
        graphicsIndex,
        graphics.clone(),
        crtcIndex,
        crtc.clone(),
        attributeIndex,
        attributeData,
        attribute.clone(),
        paletteMask,
        palette.clone(),
        paletteRead,
        paletteWrite,
        paletteReading,
        memory.latches());
  }

  @Override
  public void restore(State state) {
    misc = state.misc;
    feature = state.feature;
    enabled = state.enabled;
    sequencerIndex = state.sequencerIndex;
    copy(state.sequencer, sequencer);
    graphicsIndex = state.graphicsIndex;
    copy(state.graphics, graphics);
    crtcIndex = state.crtcIndex;
    copy(state.crtc, crtc);
    attributeIndex = state.attributeIndex;
    attributeData = state.attributeData;
    copy(state.attribute, attribute);
    paletteMask = state.paletteMask;
    copy(state.palette, palette);
    paletteRead = state.paletteRead;
    paletteWrite = state.paletteWrite;
    paletteReading = state.paletteReading;
    memory.latches(state.latches);
  }
}
