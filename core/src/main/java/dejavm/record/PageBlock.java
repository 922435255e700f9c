package dejavm.record;

import dejavm.bus.Paged;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.function.Consumer;

/**
 * The payload of frames with pages: a component, the numbers of its pages with bytes, those of
 * pages that became all zero, and the bytes.
 */
final class PageBlock {
  /** Pages with bytes in one frame. */
  static final int MOST = 256;

  private static final byte[] ZERO = new byte[Paged.PAGE];

  private final String component;
  private final Consumer<byte[]> full;
  private final List<Integer> filled = new ArrayList<>();
  private final List<Integer> zero = new ArrayList<>();
  private final BytesOut bytes = new BytesOut(1 << 14);

  /** Collects pages of a component and hands over a payload whenever one is full. */
  PageBlock(String component, Consumer<byte[]> full) {
    this.component = component;
    this.full = full;
  }

  static boolean isZero(byte[] page) {
    return Arrays.equals(page, ZERO);
  }

  /** Adds a page; numbers must ascend. */
  void add(int number, byte[] page) {
    if (isZero(page)) {
      zero.add(number);
    } else {
      filled.add(number);
      bytes.raw(page, 0, Paged.PAGE);
    }
    if (filled.size() == MOST) {
      finish();
    }
  }

  /** Hands over what is left. */
  void finish() {
    if (filled.isEmpty() && zero.isEmpty()) {
      return;
    }
    BytesOut head = new BytesOut(2 * (filled.size() + zero.size()) + 64);
    head.string(component);
    numbers(head, filled);
    numbers(head, zero);
    byte[] payload = Arrays.copyOf(head.array(), head.size() + bytes.size());
    System.arraycopy(bytes.array(), 0, payload, head.size(), bytes.size());
    full.accept(payload);
    filled.clear();
    zero.clear();
    bytes.clear();
  }

  private static void numbers(BytesOut out, List<Integer> numbers) {
    out.varint(numbers.size());
    int next = 0;
    for (int number : numbers) {
      out.varint(number - next);
      next = number + 1;
    }
  }

  /** The component that a payload is about: what is read first. */
  static String component(BytesIn in) {
    return in.string();
  }

  /** Gives the rest of a payload to a consumer, but not pages that were given before. */
  static void read(BytesIn in, BitSet given, PageConsumer consumer) {
    int[] filled = numbers(in);
    int[] zero = numbers(in);
    byte[] page = new byte[Paged.PAGE];
    for (int number : filled) {
      in.raw(page, 0, Paged.PAGE);
      give(number, page, given, consumer);
    }
    in.end();
    for (int number : zero) {
      Arrays.fill(page, (byte) 0);
      give(number, page, given, consumer);
    }
  }

  private static void give(int number, byte[] page, BitSet given, PageConsumer consumer) {
    if (!given.get(number)) {
      given.set(number);
      consumer.page(number, page);
    }
  }

  private static int[] numbers(BytesIn in) {
    int[] numbers = new int[in.count(1)];
    long next = 0;
    for (int i = 0; i < numbers.length; i++) {
      long number = next + in.varint();
      if (number < next || number >= Integer.MAX_VALUE) {
        throw in.damaged("a page's number is out of range");
      }
      numbers[i] = (int) number;
      next = number + 1;
    }
    return numbers;
  }
}
