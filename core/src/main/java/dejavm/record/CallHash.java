package dejavm.record;

import dejavm.bus.Pin;
import dejavm.bus.Space;
import java.util.Locale;

/**
 * The rolling hash over {@code Platform} calls with their arguments and answers: two runs that made
 * the same calls have the same hash. Its definition is part of the format.
 */
final class CallHash {
  static final int READ = 1;
  static final int WRITE = 2;
  static final int ACKNOWLEDGE = 3;
  static final int PIN = 4;

  /** The hash before any call. */
  static final long START = 0x2545_F491_4F6C_DD1DL;

  private static final long FACTOR = 0x9E37_79B1_85EB_CA87L;

  private CallHash() {}

  /**
   * The hash after one call more.
   *
   * @param what {@link #what} of the call
   * @param value what was written or answered, or a pin's level
   */
  static long next(long hash, long what, long now, long address, long value) {
    long h = mix(hash, what);
    h = mix(h, now);
    h = mix(h, address);
    return mix(h, value);
  }

  /** Kind, cpu, where and width of a call in one number. */
  static long what(int kind, int cpu, int where, int size) {
    return kind | where << 8 | size << 16 | (long) cpu << 32;
  }

  static int code(Space space) {
    return switch (space) {
      case PORT -> 1;
      case MEMORY -> 2;
      case MSR -> 3;
    };
  }

  static int code(Pin pin) {
    return switch (pin) {
      case FERR -> 1;
      case SHUTDOWN -> 2;
    };
  }

  /** A call in words. */
  static String text(long what, long now, long address) {
    int where = (int) (what >>> 8 & 0xFF);
    String space =
        where >= 1 && where <= 3 ? Space.values()[where - 1].name().toLowerCase(Locale.ROOT) : "?";
    int size = (int) (what >>> 16 & 0xFF);
    String call =
        switch ((int) (what & 0xFF)) {
          case READ -> "read %s 0x%x size %d".formatted(space, address, size);
          case WRITE -> "write %s 0x%x size %d".formatted(space, address, size);
          case ACKNOWLEDGE -> "acknowledge interrupt";
          case PIN -> "pin " + where;
          default -> "unknown call";
        };
    return call + " of cpu " + (what >>> 32) + " at now " + now;
  }

  private static long mix(long hash, long word) {
    long h = (hash ^ word) * FACTOR;
    return h ^ h >>> 32;
  }
}
