package dejavm.record;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;

/**
 * The part of CBOR (RFC 8949) that the header frame is written in, so that any language can read
 * it: integers, byte strings, texts, arrays and maps with text keys, all of definite length.
 */
final class Cbor {
  private static final int UNSIGNED = 0;
  private static final int NEGATIVE = 1;
  private static final int BYTES = 2;
  private static final int TEXT = 3;
  private static final int ARRAY = 4;
  private static final int MAP = 5;

  /**
   * Deeper than anything this program writes; a limit keeps the reader off the end of its stack.
   */
  private static final int DEEPEST = 16;

  private Cbor() {}

  /**
   * Writes a {@code Long}, {@code byte[]}, {@code String}, {@code List} or {@code SequencedMap}.
   */
  static void write(BytesOut out, Object value) {
    switch (value) {
      case Long number when number >= 0 -> head(out, UNSIGNED, number);
      case Long number -> head(out, NEGATIVE, ~number);
      case byte[] bytes -> {
        head(out, BYTES, bytes.length);
        out.raw(bytes, 0, bytes.length);
      }
      case String text -> {
        byte[] bytes = BytesOut.utf8(text);
        head(out, TEXT, bytes.length);
        out.raw(bytes, 0, bytes.length);
      }
      case List<?> list -> {
        head(out, ARRAY, list.size());
        list.forEach(element -> write(out, element));
      }
      case SequencedMap<?, ?> map -> {
        head(out, MAP, map.size());
        for (Map.Entry<?, ?> entry : map.sequencedEntrySet()) {
          write(out, entry.getKey());
          write(out, entry.getValue());
        }
      }
      default -> throw new IllegalArgumentException("no CBOR for " + value.getClass());
    }
  }

  static Object read(BytesIn in) {
    return read(in, 0);
  }

  private static Object read(BytesIn in, int depth) {
    int initial = in.u8();
    long argument = argument(in, initial & 0x1F);
    return switch (initial >> 5) {
      case UNSIGNED -> argument;
      case NEGATIVE -> ~argument;
      case BYTES -> in.raw(length(in, argument));
      case TEXT -> text(in, argument);
      case ARRAY -> {
        List<Object> list = new ArrayList<>();
        for (int left = length(in, argument, depth); left > 0; left--) {
          list.add(read(in, depth + 1));
        }
        yield list;
      }
      case MAP -> {
        SequencedMap<String, Object> map = new LinkedHashMap<>();
        for (int left = length(in, argument, depth); left > 0; left--) {
          if (!(read(in, depth + 1) instanceof String key)) {
            throw in.damaged("a key in the header is no text");
          }
          map.put(key, read(in, depth + 1));
        }
        yield map;
      }
      default -> throw in.damaged("the header has a CBOR type that is not used here");
    };
  }

  private static String text(BytesIn in, long argument) {
    byte[] bytes = in.raw(length(in, argument));
    BytesOut prefixed = new BytesOut(bytes.length + 10);
    prefixed.bytes(bytes);
    return new BytesIn(prefixed.array(), 0, prefixed.size(), -1).string();
  }

  private static int length(BytesIn in, long argument, int depth) {
    if (depth >= DEEPEST) {
      throw in.damaged("the header is nested too deeply");
    }
    return length(in, argument);
  }

  private static int length(BytesIn in, long argument) {
    if (argument < 0 || argument > in.remaining()) {
      throw in.damaged("a length in the header is larger than what follows");
    }
    return (int) argument;
  }

  private static void head(BytesOut out, int major, long argument) {
    int type = major << 5;
    if (argument < 24) {
      out.u8(type | (int) argument);
      return;
    }
    int sizeCode = argument < 1 << 8 ? 0 : argument < 1 << 16 ? 1 : argument >>> 32 == 0 ? 2 : 3;
    out.u8(type | 24 + sizeCode);
    for (int shift = (8 << sizeCode) - 8; shift >= 0; shift -= 8) {
      out.u8((int) (argument >>> shift));
    }
  }

  private static long argument(BytesIn in, int info) {
    if (info < 24) {
      return info;
    }
    if (info > 27) {
      throw in.damaged("the header has a CBOR length that is not used here");
    }
    long value = 0;
    for (int left = 1 << info - 24; left > 0; left--) {
      value = value << 8 | in.u8();
    }
    if (value < 0) {
      throw in.damaged("a number in the header has more than 63 bits");
    }
    return value;
  }
}
