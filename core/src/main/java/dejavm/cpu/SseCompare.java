package dejavm.cpu;

/**
 * Comparisons of SSE: the predicates of CMPPS and its kin, the flags of COMISS and UCOMISS, minimum
 * and maximum.
 *
 * <p>The surprising fact: minimum and maximum give the second operand, as it is, where one is a NaN
 * or both are zeros.
 *
 * <p>Source: Intel SDM volume 2, CMPPS, COMISS, MAXPS, MINPS; volume 1, 4.8.3.
 */
public final class SseCompare {
  private static final int LESS = -1;
  private static final int EQUAL = 0;
  private static final int GREATER = 1;
  private static final int UNORDERED = 2;

  private SseCompare() {}

  /**
   * The relation of two operands, after DAZ.
   *
   * @param strict whether a quiet NaN is invalid, too
   */
  private static int relation(FloatFormat f, SseStatus s, long a, long b, boolean strict) {
    if (f.isNaN(a) || f.isNaN(b)) {
      if (strict || f.isSignaling(a) || f.isSignaling(b)) {
        s.flags |= SseStatus.IE;
      }
      return UNORDERED;
    }
    s.noteDenormal(f, a);
    s.noteDenormal(f, b);
    return Integer.signum(Long.compare(ordered(f, a), ordered(f, b)));
  }

  /** An integer that is ordered like the value; the same for both zeros. */
  private static long ordered(FloatFormat f, long value) {
    return f.sign(value) == 0 ? value : -f.magnitude(value);
  }

  /** Whether the predicate of an immediate holds. */
  static boolean holds(FloatFormat f, SseStatus s, int predicate, long first, long second) {
    boolean strict = (predicate & 3) == 1 || (predicate & 3) == 2;
    int relation = relation(f, s, s.operand(f, first), s.operand(f, second), strict);
    boolean plain =
        switch (predicate & 3) {
          case 0 -> relation == EQUAL;
          case 1 -> relation == LESS;
          case 2 -> relation == LESS || relation == EQUAL;
          default -> relation == UNORDERED;
        };
    return plain == ((predicate & 4) == 0);
  }

  public static boolean holds32(SseStatus s, int predicate, long a, long b) {
    return holds(FloatFormat.SINGLE, s, predicate, a, b);
  }

  public static boolean holds64(SseStatus s, int predicate, long a, long b) {
    return holds(FloatFormat.DOUBLE, s, predicate, a, b);
  }

  /** ZF, PF and CF of a comparison; the other arithmetic flags become 0. */
  private static int flags(FloatFormat f, SseStatus s, long first, long second, boolean strict) {
    return switch (relation(f, s, s.operand(f, first), s.operand(f, second), strict)) {
      case LESS -> Flags.CF;
      case EQUAL -> Flags.ZF;
      case GREATER -> 0;
      default -> Flags.ZF | Flags.PF | Flags.CF;
    };
  }

  public static int flags32(SseStatus s, long a, long b, boolean strict) {
    return flags(FloatFormat.SINGLE, s, a, b, strict);
  }

  public static int flags64(SseStatus s, long a, long b, boolean strict) {
    return flags(FloatFormat.DOUBLE, s, a, b, strict);
  }

  static long minimum(FloatFormat f, SseStatus s, long first, long second) {
    long a = s.operand(f, first);
    long b = s.operand(f, second);
    return relation(f, s, a, b, true) == LESS ? a : b;
  }

  static long maximum(FloatFormat f, SseStatus s, long first, long second) {
    long a = s.operand(f, first);
    long b = s.operand(f, second);
    return relation(f, s, a, b, true) == GREATER ? a : b;
  }
}
