package dejavm.cpu.translate;

import dejavm.cpu.decode.Insn;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The places at which translated code may be left: what has to be known of each, by number. Number
 * 0 is of those that need no more than an address.
 */
final class Sites {
  /** Where in its page the instruction lies, or the target of a jump. */
  int[] offset = new int[1 << 12];

  /** How many instructions of the block were counted and not executed. */
  int[] refund = new int[1 << 12];

  /** Where to go on after a miss; or the end of the jump to be patched. */
  long[] resume = new long[1 << 12];

  /** Of a miss: where to go on with the access, once, its sum for the host's address given. */
  long[] granted = new long[1 << 12];

  /** Of a miss: the bytes of the access, with bit 8 set for a store. */
  int[] access = new int[1 << 12];

  /** The instruction to be interpreted, or null where it has to be decoded again. */
  Insn[] insn = new Insn[1 << 12];

  /** The instruction as the interpreter decoded it when it had to execute it here. */
  Insn[] decoded = new Insn[1 << 12];

  /** Of instructions that reach into the next page: the bytes that they have there. */
  final Map<Integer, byte[]> tails = new LinkedHashMap<>();

  private int count = 1;

  int count() {
    return count;
  }

  int add(int pageOffset, int refunded) {
    if (count == offset.length) {
      offset = Arrays.copyOf(offset, 2 * count);
      refund = Arrays.copyOf(refund, 2 * count);
      resume = Arrays.copyOf(resume, 2 * count);
      access = Arrays.copyOf(access, 2 * count);
      granted = Arrays.copyOf(granted, 2 * count);
      insn = Arrays.copyOf(insn, 2 * count);
      decoded = Arrays.copyOf(decoded, 2 * count);
    }
    offset[count] = pageOffset;
    refund[count] = refunded;
    return count++;
  }

  void clear() {
    Arrays.fill(insn, 0, count, null);
    Arrays.fill(decoded, 0, count, null);
    tails.clear();
    count = 1;
  }
}
