package dejavm.record;

import dejavm.bus.Nucleus;
import java.util.List;
import java.util.function.IntFunction;

/** The payload of a frame of calls: which calls it spans, then columns that are read apart. */
final class CallFrame {
  /** After every so many calls of a frame, half the rolling hash stands in the column of checks. */
  static final int CHECK_INTERVAL = 32;

  private static final int COLUMNS = 4;

  /**
   * The calls of a frame.
   *
   * @param first number of the first one, counted from power-on
   * @param count how many
   * @param hashBefore the rolling hash before the first
   * @param hashAfter the rolling hash after the last
   */
  record Span(long first, long count, long hashBefore, long hashAfter) {
    static final Span NONE = new Span(0, 0, CallHash.START, CallHash.START);
  }

  final Span span;
  final BytesIn answers;
  final BytesIn effects;
  final BytesIn checks;
  final BytesIn trace;

  private CallFrame(Span span, BytesIn[] columns) {
    this.span = span;
    this.answers = columns[0];
    this.effects = columns[1];
    this.checks = columns[2];
    this.trace = columns[3];
  }

  /**
   * Goes through the effects to their end.
   *
   * @param firstNow the frame's first moment
   * @param takers gives for each group of effects what takes them
   * @param roms gives the bytes of a read-only memory by its number
   */
  void effects(long firstNow, Takers takers, IntFunction<byte[]> roms) {
    long call = span.first;
    long now = firstNow;
    while (effects.remaining() > 0) {
      long head = effects.varint();
      boolean timed = (head & 1) != 0;
      call += head >>> 1;
      now += timed ? effects.varint() : 0;
      Nucleus nucleus = takers.at(call, now, timed);
      for (int left = effects.count(2); left > 0; left--) {
        EffectCodec.apply(effects, nucleus, roms);
      }
    }
  }

  /** Gives what takes the effects of a group. */
  interface Takers {
    /**
     * @param call the call under which they happen, or before which
     * @param now the moment, or the last one known
     * @param timed whether they happen at the moment, and not under the call
     */
    Nucleus at(long call, long now, boolean timed);
  }

  static byte[] empty() {
    BytesOut out = new BytesOut();
    write(out, Span.NONE, List.of());
    return out.toByteArray();
  }

  /** Writes a payload: columns are numbered from 1, empty ones left out. */
  static void write(BytesOut out, Span span, List<BytesOut> columns) {
    out.varint(span.first);
    out.varint(span.count);
    out.u64(span.hashBefore);
    out.u64(span.hashAfter);
    out.varint(CHECK_INTERVAL);
    out.varint(columns.stream().filter(column -> column.size() > 0).count());
    for (int i = 0; i < columns.size(); i++) {
      if (columns.get(i).size() > 0) {
        out.varint(i + 1);
        out.bytes(columns.get(i));
      }
    }
  }

  static CallFrame read(BytesIn in) {
    Span span = new Span(in.varint(), in.varint(), in.u64(), in.u64());
    if (in.varint() != CHECK_INTERVAL) {
      throw in.damaged("the interval of checks is not the one of this version");
    }
    BytesIn[] columns = new BytesIn[COLUMNS];
    for (int left = in.count(2); left > 0; left--) {
      long number = in.varint();
      BytesIn column = in.part();
      if (number >= 1 && number <= COLUMNS) {
        columns[(int) number - 1] = column;
      }
    }
    in.end();
    for (int i = 0; i < COLUMNS; i++) {
      columns[i] = columns[i] == null ? new BytesIn(new byte[0]) : columns[i];
    }
    return new CallFrame(span, columns);
  }
}
