package dejavm.cpu;

/** What SSE computes of pairs of elements. */
public enum SseOperation {
  ADD,
  SUBTRACT,
  MULTIPLY,
  DIVIDE,
  MINIMUM,
  MAXIMUM,
  /** The square root of the second operand. */
  ROOT;

  /** In integers, whatever the operands: the definition. */
  long define(FloatFormat f, SseStatus s, long a, long b) {
    return switch (this) {
      case ADD -> SseArithmetic.add(f, s, a, b);
      case SUBTRACT -> SseArithmetic.subtract(f, s, a, b);
      case MULTIPLY -> SseArithmetic.multiply(f, s, a, b);
      case DIVIDE -> SseArithmetic.divide(f, s, a, b);
      case MINIMUM -> SseCompare.minimum(f, s, a, b);
      case MAXIMUM -> SseCompare.maximum(f, s, a, b);
      case ROOT -> SseArithmetic.root(f, s, b);
    };
  }
}
