package dejavm.device;

import dejavm.bus.Mapped;

/**
 * A chip with an 8-bit data bus. The ISA bus controller turns wider accesses into byte cycles at
 * ascending addresses, so a 16-bit access reaches two registers, one after the other.
 *
 * <p>Source: ISA bus specification (IEEE P996), data bus steering.
 */
public interface ByteWide extends Mapped {
  /** What a bus gives where nothing drives it. */
  int FLOATING = 0xFF;

  /** Reads a register, {@link #FLOATING} where there is none. */
  int readByte(int offset);

  /** Writes a register; ignored where there is none. */
  void writeByte(int offset, int value);

  @Override
  default long read(int offset, int size) {
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (readByte(offset + i) & 0xFFL) << 8 * i;
    }
    return value;
  }

  @Override
  default void write(int offset, int size, long value) {
    for (int i = 0; i < size; i++) {
      writeByte(offset + i, (int) (value >>> 8 * i) & 0xFF);
    }
  }
}
