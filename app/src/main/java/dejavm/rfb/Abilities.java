package dejavm.rfb;

import java.util.Arrays;
import java.util.List;

/**
 * What a viewer can do beyond the least, as it says in its list of encodings, best first.
 *
 * @param encoding the one of ours that it likes best
 * @param resizes whether the size of the screen may change
 * @param resizesExtended whether it wants to know about that by the newer way
 * @param keys whether it tells codes of keys
 * @param movements whether it can tell movements of its pointer
 */
record Abilities(
    int encoding, boolean resizes, boolean resizesExtended, boolean keys, boolean movements) {
  static final int DESKTOP_SIZE = -223;
  static final int MOVEMENTS = -257;
  static final int QEMU_KEYS = -258;
  static final int EXTENDED_DESKTOP_SIZE = -308;

  private static final List<Integer> ENCODINGS =
      List.of(Encoding.ZRLE, Encoding.HEXTILE, Encoding.RAW);

  static Abilities of(int[] numbers) {
    List<Integer> known = Arrays.stream(numbers).boxed().toList();
    return new Abilities(
        known.stream().filter(ENCODINGS::contains).findFirst().orElse(Encoding.RAW),
        known.contains(DESKTOP_SIZE),
        known.contains(EXTENDED_DESKTOP_SIZE),
        known.contains(QEMU_KEYS),
        known.contains(MOVEMENTS));
  }

  /** Whether there is anything that the viewer has to be told that this server can. */
  boolean extend() {
    return resizesExtended || keys || movements;
  }
}
