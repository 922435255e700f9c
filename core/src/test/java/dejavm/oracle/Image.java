package dejavm.oracle;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * The state of a processor in user mode before or after a case: registers, code, and the zones of
 * its data pages. A window on a record of {@link Layout}.
 *
 * @param at where the record starts in the segment
 */
record Image(MemorySegment segment, long at) {
  static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** One that is not shared with anybody. */
  static Image alone() {
    return new Image(MemorySegment.ofArray(new byte[Layout.RECORD]), 0);
  }

  long field(int offset) {
    return segment.get(LONG, at + offset);
  }

  void field(int offset, long value) {
    segment.set(LONG, at + offset, value);
  }

  long r(int register) {
    return field(8 * register);
  }

  void r(int register, long value) {
    field(8 * register, value);
  }

  boolean is64() {
    return field(Layout.CS) == Layout.CS_64;
  }

  int byteAt(int offset) {
    return segment.get(ValueLayout.JAVA_BYTE, at + offset) & 0xFF;
  }

  void byteAt(int offset, int value) {
    segment.set(ValueLayout.JAVA_BYTE, at + offset, (byte) value);
  }

  int shortAt(int offset) {
    return segment.get(SHORT, at + offset) & 0xFFFF;
  }

  void shortAt(int offset, int value) {
    segment.set(SHORT, at + offset, (short) value);
  }

  int intAt(int offset) {
    return segment.get(INT, at + offset);
  }

  void intAt(int offset, int value) {
    segment.set(INT, at + offset, value);
  }

  void read(int offset, byte[] into, int length) {
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, at + offset, into, 0, length);
  }

  void write(int offset, byte[] from, int length) {
    MemorySegment.copy(from, 0, segment, ValueLayout.JAVA_BYTE, at + offset, length);
  }

  void copyFrom(Image other) {
    MemorySegment.copy(other.segment, other.at, segment, at, Layout.RECORD);
  }

  /** Copies bytes into a range. */
  void copyFrom(int offset, MemorySegment from, long start, int length) {
    MemorySegment.copy(from, start, segment, at + offset, length);
  }

  void clear() {
    segment.asSlice(at, Layout.RECORD).fill((byte) 0);
  }

  /** Whether both have the same bytes in a range. */
  boolean same(Image other, int from, int length) {
    return MemorySegment.mismatch(
            segment,
            at + from,
            at + from + length,
            other.segment,
            other.at + from,
            other.at + from + length)
        < 0;
  }
}
