package dejavm.snapshot;

import java.util.zip.CRC32;
import java.util.zip.CRC32C;

/**
 * A fast 64-bit hash of bytes: their CRC-32C in the upper half, their CRC-32 in the lower. Not
 * cryptographic: it tells states apart that differ by accident, and always those that differ within
 * 64 bits.
 *
 * <p>HotSpot has both in hand-written code, which is as fast the first time as later; a recording's
 * first digests come before anything of ours is compiled.
 *
 * <p>Source: RFC 3720, appendix B.4 (CRC-32C); RFC 1952, section 8 (CRC-32).
 */
public final class Digest {
  private Digest() {}

  public static long of(byte[] bytes) {
    return of(bytes, 0, bytes.length);
  }

  public static long of(byte[] bytes, int offset, int length) {
    CRC32C upper = new CRC32C();
    upper.update(bytes, offset, length);
    CRC32 lower = new CRC32();
    lower.update(bytes, offset, length);
    return upper.getValue() << 32 | lower.getValue();
  }
}
