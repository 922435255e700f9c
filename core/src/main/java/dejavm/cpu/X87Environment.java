package dejavm.cpu;

/**
 * The images of the x87 state in memory: FSTENV and FSAVE in their four layouts, and FXSAVE, which
 * has MXCSR and the XMM registers beside it.
 *
 * <p>The surprising fact: the layout depends on operand size and mode, so that an image can only be
 * read by code like that which wrote it; and in FXSAVE a register is empty or not, and no more.
 *
 * <p>Source: Intel SDM volume 1, 8.1.10 (figures 8-9 to 8-12) and 10.5.
 */
public final class X87Environment {
  private static final int REGISTER_BYTES = 10;
  private static final int ALL_ONES = 0xffff_0000;

  // Offsets in FXSAVE's image: SDM volume 1, table 10-2.
  private static final int MXCSR = 24;
  private static final int MXCSR_MASK = 28;
  private static final int XMM = 160;

  private X87Environment() {}

  /** The length of FSTENV's image. */
  public static int environmentBytes(boolean wide) {
    return wide ? 28 : 14;
  }

  /** The length of FSAVE's image. */
  public static int stateBytes(boolean wide) {
    return environmentBytes(wide) + 8 * REGISTER_BYTES;
  }

  /**
   * FNSTENV: fills the image and masks all exceptions.
   *
   * @param wide whether the operand size is 32 bits
   * @param real whether in real or virtual-8086 mode
   */
  public static void fnstenv(X87 f, byte[] image, boolean wide, boolean real) {
    writeEnvironment(f, image, wide, real);
    f.control |= 0x3f;
  }

  /** FNSAVE: fills the image and initialises the unit. */
  public static void fnsave(X87 f, byte[] image, boolean wide, boolean real) {
    writeEnvironment(f, image, wide, real);
    int at = environmentBytes(wide);
    for (int i = 0; i < 8; i++) {
      writeRegister(f, f.physical(i), image, at + i * REGISTER_BYTES);
    }
    f.init();
  }

  /** FLDENV. */
  public static void fldenv(X87 f, byte[] image, boolean wide, boolean real) {
    int step = wide ? 4 : 2;
    f.controlWord((int) read(image, 0, 2));
    f.statusWord((int) read(image, step, 2));
    f.tagWord((int) read(image, 2 * step, 2));
    long instruction = read(image, 3 * step, step);
    int second = (int) read(image, 4 * step, step);
    long data = read(image, 5 * step, step);
    int last = (int) read(image, 6 * step, step);
    if (real) {
      f.opcode = second & 0x7ff;
      f.instructionOffset = instruction & 0xffff | (second & 0x0fff_f000L) << 4;
      f.dataOffset = data & 0xffff | (last & 0x0fff_f000L) << 4;
      f.instructionSelector = 0;
      f.dataSelector = 0;
      return;
    }
    f.instructionOffset = instruction;
    f.instructionSelector = second & 0xffff;
    f.dataOffset = data;
    f.dataSelector = last & 0xffff;
    f.opcode = second >>> 16 & 0x7ff; // the 16-bit layout has no room for it
  }

  /** FRSTOR. */
  public static void frstor(X87 f, byte[] image, boolean wide, boolean real) {
    fldenv(f, image, wide, real);
    int at = environmentBytes(wide);
    for (int i = 0; i < 8; i++) {
      readRegister(f, f.physical(i), image, at + i * REGISTER_BYTES);
    }
  }

  private static void writeEnvironment(X87 f, byte[] image, boolean wide, boolean real) {
    int step = wide ? 4 : 2;
    write(image, 0, step, ALL_ONES | f.control);
    write(image, step, step, ALL_ONES | f.statusWord());
    write(image, 2 * step, step, ALL_ONES | f.tagWord());
    if (real) {
      long instruction = ((long) f.instructionSelector << 4) + f.instructionOffset;
      long data = ((long) f.dataSelector << 4) + f.dataOffset;
      write(image, 3 * step, step, ALL_ONES | instruction & 0xffff);
      write(image, 4 * step, step, (instruction >>> 4 & 0x0fff_f000) | f.opcode);
      write(image, 5 * step, step, ALL_ONES | data & 0xffff);
      write(image, 6 * step, step, data >>> 4 & 0x0fff_f000);
      return;
    }
    write(image, 3 * step, step, f.instructionOffset);
    write(image, 4 * step, step, (long) f.opcode << 16 | f.instructionSelector);
    write(image, 5 * step, step, f.dataOffset);
    write(image, 6 * step, step, ALL_ONES | f.dataSelector);
  }

  /**
   * The x87 part of FXSAVE: bytes 0 to 23 and 32 to 159 of an image; MXCSR lies between.
   *
   * @param offsets64 whether offsets are of 64 bits, that is, with REX.W
   */
  public static void fxsave(X87 f, byte[] image, boolean offsets64) {
    write(image, 0, 2, f.control);
    write(image, 2, 2, f.statusWord());
    write(image, 4, 2, ~f.empty & 0xff);
    write(image, 6, 2, f.opcode);
    write(image, 8, 8, f.instructionOffset);
    write(image, 16, 8, f.dataOffset);
    if (!offsets64) {
      write(image, 12, 4, f.instructionSelector);
      write(image, 20, 4, f.dataSelector);
    }
    for (int i = 0; i < 8; i++) {
      int at = 32 + 16 * i;
      writeRegister(f, f.physical(i), image, at);
      write(image, at + REGISTER_BYTES, 6, 0);
    }
  }

  /** The x87 part of FXRSTOR. */
  public static void fxrstor(X87 f, byte[] image, boolean offsets64) {
    f.controlWord((int) read(image, 0, 2));
    f.statusWord((int) read(image, 2, 2));
    f.empty = ~image[4] & 0xff;
    f.opcode = (int) read(image, 6, 2) & 0x7ff;
    f.instructionOffset = read(image, 8, offsets64 ? 8 : 4);
    f.dataOffset = read(image, 16, offsets64 ? 8 : 4);
    f.instructionSelector = offsets64 ? 0 : (int) read(image, 12, 2);
    f.dataSelector = offsets64 ? 0 : (int) read(image, 20, 2);
    for (int i = 0; i < 8; i++) {
      readRegister(f, f.physical(i), image, 32 + 16 * i);
    }
  }

  /** The bits of MXCSR that may be set; DAZ came with SSE2. */
  public static int mxcsrMask(CpuModel model) {
    return model.has(CpuFeature.SSE2) ? 0xffff : 0xffff & ~SseStatus.DAZ;
  }

  /** MXCSR in an image of FXSAVE. */
  public static int mxcsr(byte[] image) {
    return (int) read(image, MXCSR, 4);
  }

  /** The SSE part of FXSAVE: MXCSR, its mask, and so many XMM registers. */
  public static void saveXmm(Cpu c, byte[] image, int registers) {
    write(image, MXCSR, 4, c.mxcsr);
    write(image, MXCSR_MASK, 4, mxcsrMask(c.model));
    for (int i = 0; i < 2 * registers; i++) {
      write(image, XMM + 8 * i, 8, c.xmm[i]);
    }
  }

  /** The SSE part of FXRSTOR; MXCSR has been checked. */
  public static void restoreXmm(Cpu c, byte[] image, int registers) {
    c.mxcsr = mxcsr(image);
    for (int i = 0; i < 2 * registers; i++) {
      c.xmm[i] = read(image, XMM + 8 * i, 8);
    }
  }

  private static void writeRegister(X87 f, int register, byte[] image, int at) {
    write(image, at, 8, f.significand[register]);
    write(image, at + 8, 2, f.signExponent[register]);
  }

  private static void readRegister(X87 f, int register, byte[] image, int at) {
    f.significand[register] = read(image, at, 8);
    f.signExponent[register] = (int) read(image, at + 8, 2);
  }

  private static long read(byte[] image, int at, int size) {
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << 8 | image[at + i] & 0xff;
    }
    return value;
  }

  private static void write(byte[] image, int at, int size, long value) {
    for (int i = 0; i < size; i++) {
      image[at + i] = (byte) (value >>> 8 * i);
    }
  }
}
