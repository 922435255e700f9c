package dejavm.snapshot;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * A fast 64-bit hash of bytes: XXH64 with seed 0. Not cryptographic: it tells states apart that
 * differ by accident.
 *
 * <p>Source: xxHash fast digest algorithm, format description, version 0.1.1.
 */
public final class Digest {
  private static final long PRIME1 = 0x9E37_79B1_85EB_CA87L;
  private static final long PRIME2 = 0xC2B2_AE3D_27D4_EB4FL;
  private static final long PRIME3 = 0x1656_67B1_9E37_79F9L;
  private static final long PRIME4 = 0x85EB_CA77_C2B2_AE63L;
  private static final long PRIME5 = 0x27D4_EB2F_1656_67C5L;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  private Digest() {}

  public static long of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  public static long of(byte[] bytes, int offset, int length) {
    int at = offset;
    int end = offset + length;
    long hash = PRIME5;
    if (length >= 32) {
      hash = stripes(bytes, offset, length >>> 5);
      at += length & ~31;
    }
    hash += length;
    for (; at + 8 <= end; at += 8) {
      hash ^= round(0, (long) LONG.get(bytes, at));
      hash = Long.rotateLeft(hash, 27) * PRIME1 + PRIME4;
    }
    if (at + 4 <= end) {
      hash ^= ((int) INT.get(bytes, at) & 0xFFFF_FFFFL) * PRIME1;
      hash = Long.rotateLeft(hash, 23) * PRIME2 + PRIME3;
      at += 4;
    }
    for (; at < end; at++) {
      hash ^= (bytes[at] & 0xFF) * PRIME5;
      hash = Long.rotateLeft(hash, 11) * PRIME1;
    }
    return avalanche(hash);
  }

  /** Four lanes that do not wait for each other take 32 bytes a turn. */
  @SuppressWarnings("ConstantOverflow") // the algorithm adds and negates modulo 2^64
  private static long stripes(byte[] bytes, int offset, int count) {
    long a = PRIME1 + PRIME2;
    long b = PRIME2;
    long c = 0;
    long d = -PRIME1;
    for (int stripe = 0; stripe < count; stripe++) {
      int at = offset + (stripe << 5);
      a = round(a, (long) LONG.get(bytes, at));
      b = round(b, (long) LONG.get(bytes, at + 8));
      c = round(c, (long) LONG.get(bytes, at + 16));
      d = round(d, (long) LONG.get(bytes, at + 24));
    }
    long hash =
        Long.rotateLeft(a, 1)
            + Long.rotateLeft(b, 7)
            + Long.rotateLeft(c, 12)
            + Long.rotateLeft(d, 18);
    hash = merge(hash, a);
    hash = merge(hash, b);
    hash = merge(hash, c);
    return merge(hash, d);
  }

  private static long round(long lane, long input) {
    return Long.rotateLeft(lane + input * PRIME2, 31) * PRIME1;
  }

  private static long merge(long hash, long lane) {
    return (hash ^ round(0, lane)) * PRIME1 + PRIME4;
  }

  private static long avalanche(long hash) {
    long h = (hash ^ hash >>> 33) * PRIME2;
    h = (h ^ h >>> 29) * PRIME3;
    return h ^ h >>> 32;
  }
}
