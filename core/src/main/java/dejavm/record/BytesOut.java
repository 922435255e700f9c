package dejavm.record;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of bytes with the format's primitives: little-endian, LEB128, UTF-8. */
public final class BytesOut {
  private byte[] bytes;
  private int size;

  public BytesOut() {
    this(256);
  }

  public BytesOut(int capacity) {
    bytes = new byte[Math.max(capacity, 16)];
  }

  public int size() {
    return size;
  }

  public void clear() {
    size = 0;
  }

  /** A copy of what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  /** The array behind it, {@link #size()} bytes of which are valid until the next write. */
  public byte[] array() {
    return bytes;
  }

  public void u8(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  public void u32(int value) {
    room(4);
    for (int i = 0; i < 4; i++) {
      bytes[size++] = (byte) (value >>> 8 * i);
    }
  }

  public void u64(long value) {
    room(8);
    for (int i = 0; i < 8; i++) {
      bytes[size++] = (byte) (value >>> 8 * i);
    }
  }

  /** An unsigned number, seven bits a byte, the lowest first; at most ten bytes. */
  public void varint(long value) {
    room(10);
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes[size++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    bytes[size++] = (byte) rest;
  }

  /** A signed number: 0, -1, 1, -2, … become 0, 1, 2, 3, …. */
  public void zigzag(long value) {
    varint(value << 1 ^ value >> 63);
  }

  public void raw(byte[] from, int offset, int length) {
    room(length);
    System.arraycopy(from, offset, bytes, size, length);
    size += length;
  }

  public void raw(BytesOut from) {
    raw(from.bytes, 0, from.size);
  }

  /** Bytes with their length before them. */
  public void bytes(byte[] from) {
    varint(from.length);
    raw(from, 0, from.length);
  }

  /** What another holds, with its length before it. */
  public void bytes(BytesOut from) {
    varint(from.size);
    raw(from);
  }

  /**
   * A text in UTF-8 with its length in bytes before it.
   *
   * @throws IllegalArgumentException where it has an unpaired surrogate and could not come back
   */
  public void string(String text) {
    bytes(utf8(text));
  }

  static byte[] utf8(String text) {
    try {
      ByteBuffer encoded = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] result = new byte[encoded.remaining()];
      encoded.get(result);
      return result;
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("text with an unpaired surrogate", e);
    }
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      if (size + more < 0) {
        throw new RecordingException("a frame grows beyond 2 GiB");
      }
      int doubled =
          bytes.length > Integer.MAX_VALUE / 2 - 8 ? Integer.MAX_VALUE - 8 : 2 * bytes.length;
      bytes = Arrays.copyOf(bytes, Math.max(doubled, size + more));
    }
  }
}
