package dejavm.device.video;

import dejavm.bus.Clock;
import dejavm.bus.Derived;
import dejavm.bus.Mapped;
import dejavm.bus.Stateful;
import dejavm.device.ByteWide;

/**
 * The VGA with the frame buffer of Bochs: 48 ports at 0x3B0 and 3 at 0x1CE, a window of 128 KiB at
 * 0xA0000, and where PCI puts them all of its memory in a row and its registers once more.
 *
 * <p>The attribute controller has one port for index and data, which take turns; reading the input
 * status, of which the address depends on bit 0 of the miscellaneous output, makes the index the
 * next one. Registers 0 to 7 of the CRT controller can be locked by a bit in register 0x11, all but
 * one bit of them. Retrace and blanking are computed from the clock when looked at.
 *
 * <p>Source: IBM VGA technical reference; {@link Dispi} for the frame buffer.
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
      int latches,
      Dispi.State dispi) {}

  /** Offset in {@link #memory()} of the window at 0xA0000. */
  public static final long WINDOW = 0;

  /** Offset in {@link #memory()} of the whole memory in a row. */
  public static final long FRAME_BUFFER = 0x100_0000;

  /** Offset in {@link #memory()} of a page with the registers. */
  public static final long REGISTERS = 0x200_0000;

  /** Offset in {@link #ports()} of those at 0x3B0. */
  public static final long VGA_PORTS = 0;

  /** Offset in {@link #ports()} of those at 0x1CE. */
  public static final long DISPI_PORTS = 0x30;

  private static final byte[] SEQUENCER_MODE3 = {3, 0, 3, 0, 2};
  private static final byte[] GRAPHICS_MODE3 = {0, 0, 0, 0, 0, 0x10, 0x0E, 0, (byte) 0xFF};
  private static final String CRTC_MODE3 = "5f4f50825581bf1f004f0d0e000000009c8e8f281f96b9a3ff";
  private static final String ATTRIBUTE_MODE3 = "000102030405140738393a3b3c3d3e3f0c000f0800";
  private static final int MISC_MODE3 = 0x67;

  private static final int CRTC_LAST = 0x18;
  private static final int ATTRIBUTE_LAST = 0x14;

  /** The bits that registers 0x10 to 0x14 of the attribute controller have. */
  private static final int[] ATTRIBUTE_BITS = {0xEF, 0xFF, 0x3F, 0x0F, 0x0F};

  private static final int PORTS = 0x33;

  private final Clock clock;
  private final ByteWide ports = new Ports();
  private final byte[] sequencer = new byte[5];
  private final byte[] graphics = new byte[9];
  private final VideoRam ram = new VideoRam();
  private final Dispi dispi = new Dispi(ram);
  private final VgaMemory memory = new VgaMemory(ram, dispi, sequencer, graphics);
  private final Mapped addresses = new Addresses();
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

  @Derived("tells displays when to look; the guest cannot see it")
  private long changes;

  /** An adapter as firmware leaves it: mode 3, 80 by 25 characters, the screen blank. */
  public Vga(Clock clock) {
    this.clock = clock;
    reset();
  }

  /** Everything as in a new one, the memory too. */
  public void reset() {
    changes++;
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
    dispi.reset();
  }

  /** What a reset of the board does: the frame buffer gives way to the VGA's own modes. */
  public void leaveFrameBuffer() {
    changes++;
    dispi.reset();
  }

  /** The 64 colours of the EGA: a strong bit for each component, and a weak one. */
  private static byte component(int colour, int bit) {
    return (byte) ((colour >> bit & 1) * 0x2A + (colour >> bit + 3 & 1) * 0x15);
  }

  /** 48 ports at 0x3B0 from {@link #VGA_PORTS} on, and 3 at 0x1CE from {@link #DISPI_PORTS} on. */
  public Mapped ports() {
    return ports;
  }

  /** What answers at {@link #WINDOW}, {@link #FRAME_BUFFER} and {@link #REGISTERS}. */
  public Mapped memory() {
    return addresses;
  }

  /** The memory, as state. */
  public VideoRam ram() {
    return ram;
  }

  /** Whether a text mode is set. */
  public boolean textMode() {
    return (graphics[6] & 1) == 0 && !dispi.enabled();
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
    return dispi.enabled()
        ? new FrameBufferRenderer(dispi, new Colours(state()), ram).picture()
        : Picture.of(state(), memory);
  }

  /** Differs once something was written that may have changed what the screen shows. */
  public long changes() {
    return changes;
  }

  private Raster raster() {
    return Raster.of(crtc, misc, sequencer[1]);
  }

  private int status() {
    Raster raster = raster();
    return raster.status(clock.cycles(clock.now(), raster.hertz()));
  }

  /** The memory in all the places where it is seen, and the registers in memory. */
  private final class Addresses implements Mapped {
    private static final int MMIO = 0x1000;
    private static final int MMIO_PORTS = 0x400;
    private static final int MMIO_DISPI = 0x500;

    @Override
    public long read(int offset, int size) {
      if (offset < FRAME_BUFFER) {
        return memory.read(offset, size);
      }
      long value = 0;
      if (offset + size <= FRAME_BUFFER + VideoRam.SIZE) {
        int at = (int) (offset - FRAME_BUFFER);
        for (int i = 0; i < size; i++) {
          value |= (long) ram.get(at + i) << 8 * i;
        }
        return value;
      }
      for (int i = 0; i < size; i++) {
        value |= (long) register((int) (offset + i - REGISTERS)) << 8 * i;
      }
      return value;
    }

    private int register(int at) {
      if (at >= MMIO_DISPI && at < MMIO_DISPI + 2 * Dispi.REGISTERS) {
        return dispi.read(at - MMIO_DISPI >> 1) >> 8 * (at & 1) & 0xFF;
      }
      return at >= MMIO_PORTS && at < MMIO_PORTS + 0x20
          ? ports.readByte(at - MMIO_PORTS + 0x10)
          : ByteWide.FLOATING;
    }

    @Override
    public void write(int offset, int size, long value) {
      changes++;
      if (offset < FRAME_BUFFER) {
        memory.write(offset, size, value);
      } else if (offset + size <= FRAME_BUFFER + VideoRam.SIZE) {
        int at = (int) (offset - FRAME_BUFFER);
        for (int i = 0; i < size; i++) {
          ram.put(at + i, (int) (value >>> 8 * i));
        }
      } else if (offset >= REGISTERS && offset < REGISTERS + MMIO) {
        writeRegisters((int) (offset - REGISTERS), size, value);
      }
    }

    /** The frame buffer's are 16 bits wide, and nothing narrower reaches them. */
    private void writeRegisters(int at, int size, long value) {
      if (at >= MMIO_DISPI && at < MMIO_DISPI + 2 * Dispi.REGISTERS) {
        for (int i = 0; i + 1 < size; i += 2) {
          dispi.write(at + i - MMIO_DISPI >> 1, (int) (value >>> 8 * i) & 0xFFFF);
        }
      } else {
        for (int i = 0; i < size; i++) {
          int port = at + i - MMIO_PORTS;
          if (port >= 0 && port < 0x20) {
            ports.writeByte(port + 0x10, (int) (value >>> 8 * i) & 0xFF);
          }
        }
      }
    }
  }

  private final class Ports implements ByteWide {
    /** The frame buffer's index, and its data at either of the next two, are 16 bits wide. */
    @Override
    public long read(int offset, int size) {
      if (offset >= DISPI_PORTS && offset < PORTS && size == 2) {
        return offset == DISPI_PORTS ? dispi.index() : dispi.read(dispi.index());
      }
      if (offset == DISPI_PORTS && size == 4) {
        return read(offset, 2) | read(offset + 2, 2) << 16;
      }
      return ByteWide.super.read(offset, size);
    }

    @Override
    public void write(int offset, int size, long value) {
      changes++;
      if (offset >= DISPI_PORTS && offset < PORTS && size == 2) {
        if (offset == DISPI_PORTS) {
          dispi.select((int) value);
        } else {
          dispi.write(dispi.index(), (int) value);
        }
      } else if (offset == DISPI_PORTS && size == 4) {
        write(offset, 2, value & 0xFFFF);
        write(offset + 2, 2, value >>> 16);
      } else {
        ByteWide.super.write(offset, size, value);
      }
    }

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
            (attributeIndex & 0x1F) <= ATTRIBUTE_LAST ? attribute[attributeIndex & 0x1F] & 0xFF : 0;
        case 0x12 -> 0x10;
        case 0x13 -> enabled;
        case 0x14 -> sequencerIndex;
        case 0x15 -> sequencerIndex < sequencer.length ? sequencer[sequencerIndex] : 0;
        case 0x16 -> paletteMask;
        case 0x17 -> paletteReading ? 3 : 0;
        case 0x18 -> paletteWrite / 3;
        case 0x19 -> {
          int value = palette[paletteRead] & 0xFF;
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
          palette[paletteWrite] = (byte) (dispi.eightBits() ? value : value & 0x3F);
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
        int register = attributeIndex & 0x1F;
        attribute[register] =
            (byte) (value & (register < 0x10 ? 0x3F : ATTRIBUTE_BITS[register - 0x10]));
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
        memory.latches(),
        dispi.state());
  }

  @Override
  public void restore(State state) {
    changes++;
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
    dispi.restore(state.dispi);
  }
}
