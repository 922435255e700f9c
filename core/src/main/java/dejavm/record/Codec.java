package dejavm.record;

import com.github.luben.zstd.Zstd;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** How a frame's payload is stored. The codes are part of the format. */
enum Codec {
  /** As it is. */
  STORED(0) {
    @Override
    byte[] compress(byte[] payload) {
      return payload;
    }

    @Override
    boolean expand(byte[] stored, byte[] into) {
      if (stored.length != into.length) {
        return false;
      }
      System.arraycopy(stored, 0, into, 0, into.length);
      return true;
    }
  },
  /** RFC 1950. */
  DEFLATE(1) {
    @Override
    byte[] compress(byte[] payload) {
      Deflater deflater = new Deflater();
      try {
        deflater.setInput(payload);
        deflater.finish();
        byte[] out = new byte[payload.length];
        int length = deflater.deflate(out);
        return deflater.finished() ? Arrays.copyOf(out, length) : payload;
      } finally {
        deflater.end();
      }
    }

    @Override
    boolean expand(byte[] stored, byte[] into) {
      Inflater inflater = new Inflater();
      try {
        inflater.setInput(stored);
        int length = 0;
        while (length < into.length) {
          int more = inflater.inflate(into, length, into.length - length);
          if (more == 0) {
            return false;
          }
          length += more;
        }
        return (inflater.finished() || inflater.inflate(new byte[1]) == 0) && inflater.finished();
      } catch (DataFormatException e) {
        return false;
      } finally {
        inflater.end();
      }
    }
  },
  /** RFC 8878. */
  ZSTD(2) {
    @Override
    byte[] compress(byte[] payload) {
      return Zstd.compress(payload, LEVEL);
    }

    @Override
    boolean expand(byte[] stored, byte[] into) {
      return Zstd.decompressByteArray(into, 0, into.length, stored, 0, stored.length)
          == into.length;
    }
  };

  private static final int LEVEL = 3;

  /** Below this many bytes nothing is gained. */
  private static final int WORTH_IT = 64;

  private final int code;

  Codec(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  /** The compressed bytes; the payload itself where it would not get smaller. */
  abstract byte[] compress(byte[] payload);

  /** Fills {@code into}; false where the stored bytes do not expand to exactly that. */
  abstract boolean expand(byte[] stored, byte[] into);

  /** A payload as it goes into a frame. */
  record Packed(Codec codec, byte[] bytes) {}

  /**
   * Compresses with this codec, or with Deflate where the native compressor cannot be loaded on
   * this host.
   */
  Packed pack(byte[] payload) {
    if (payload.length < WORTH_IT || this == STORED) {
      return new Packed(STORED, payload);
    }
    byte[] bytes;
    Codec used = this;
    try {
      bytes = compress(payload);
    } catch (LinkageError e) {
      used = DEFLATE;
      bytes = DEFLATE.compress(payload);
    }
    return bytes.length < payload.length ? new Packed(used, bytes) : new Packed(STORED, payload);
  }

  /**
   * The payload of a frame.
   *
   * @param place where the frame is, for messages
   */
  static byte[] unpack(int code, byte[] stored, int size, long place) {
    if (code >= values().length) {
      throw RecordingException.damaged(place, "compression " + code + " is unknown");
    }
    byte[] into = new byte[size];
    boolean good;
    try {
      good = values()[code].expand(stored, into);
    } catch (LinkageError e) {
      throw new RecordingException("this host cannot load the zstd decompressor", e);
    } catch (RuntimeException e) {
      good = false;
    }
    if (!good) {
      throw RecordingException.damaged(place, "the frame does not decompress");
    }
    return into;
  }
}
