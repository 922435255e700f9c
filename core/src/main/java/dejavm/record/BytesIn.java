package dejavm.record;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads what {@link BytesOut} wrote; whatever does not fit is a {@link RecordingException}. */
public final class BytesIn {
  private final byte[] bytes;
  private final int end;
  private final long place;
  private int at;

  public BytesIn(byte[] bytes) {
    this(bytes, 0, bytes.length, -1);
  }

  /**
   * Reads a part of an array.
   *
   * @param place where in the file these bytes come from, for messages; -1 if from none
   */
  BytesIn(byte[] bytes, int from, int end, long place) {
    this.bytes = bytes;
    this.at = from;
    this.end = end;
    this.place = place;
  }

  public int position() {
    return at;
  }

  void seek(int position) {
    at = position;
  }

  public int remaining() {
    return end - at;
  }

  public int u8() {
    need(1);
    return bytes[at++] & 0xFF;
  }

  public int u32() {
    need(4);
    int value = 0;
    for (int i = 0; i < 4; i++) {
      value |= (bytes[at++] & 0xFF) << 8 * i;
    }
    return value;
  }

  public long u64() {
    need(8);
    long value = 0;
    for (int i = 0; i < 8; i++) {
      value |= (bytes[at++] & 0xFFL) << 8 * i;
    }
    return value;
  }

  public long varint() {
    long value = 0;
    for (int shift = 0; shift < 64; shift += 7) {
      int b = u8();
      if (shift == 63 && b > 1) {
        throw damaged("a number has more than 64 bits");
      }
      value |= (b & 0x7FL) << shift;
      if (b < 0x80) {
        return value;
      }
    }
    throw damaged("a number has more than ten bytes");
  }

  public long zigzag() {
    long value = varint();
    return value >>> 1 ^ -(value & 1);
  }

  /** A number that was written as 32 bits without sign. */
  public int varint32() {
    long value = varint();
    if (value >>> 32 != 0) {
      throw damaged("a number has more than 32 bits");
    }
    return (int) value;
  }

  /** How many of something follow, each of which takes at least this many bytes. */
  public int count(int bytesEach) {
    long value = varint();
    if (value < 0 || value > Integer.MAX_VALUE || value * bytesEach > remaining()) {
      throw damaged("a count is larger than what follows");
    }
    return (int) value;
  }

  public void raw(byte[] into, int offset, int length) {
    need(length);
    System.arraycopy(bytes, at, into, offset, length);
    at += length;
  }

  public byte[] raw(int length) {
    need(length);
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  public byte[] bytes() {
    return raw(count(1));
  }

  /** A part with its length before it, to be read apart. */
  public BytesIn part() {
    int length = count(1);
    at += length;
    return new BytesIn(bytes, at - length, at, place);
  }

  public String string() {
    int length = count(1);
    at += length;
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, at - length, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw damaged("a text is not UTF-8");
    }
  }

  /** Everything must have been read. */
  public void end() {
    if (at != end) {
      throw damaged(remaining() + " bytes are left over");
    }
  }

  public RecordingException damaged(String reason) {
    return RecordingException.damaged(place, reason);
  }

  private void need(int length) {
    if (length < 0 || length > end - at) {
      throw damaged("the data ends early");
    }
  }
}
