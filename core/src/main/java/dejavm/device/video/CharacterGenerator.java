package dejavm.device.video;

/**
 * The shapes of characters. They lie in plane 2 of the video memory, in eight maps of 256, of which
 * two are chosen: bit 3 of the attribute says which of them a character is from.
 *
 * <p>They are not burnt in: it is the firmware that loads some. A machine that boots a kernel
 * without firmware has none until the kernel brings its own; an empty map therefore stands for
 * {@link Font}, which is what firmware would have loaded.
 *
 * <p>Source: IBM VGA technical reference, sequencer register 3, and RAM-loadable character
 * generator.
 */
final class CharacterGenerator {
  private static final int SLOT = 32;
  private static final int MAP = 256 * SLOT;

  private final VgaMemory memory;
  private final int[] offsets;
  private final boolean[] empty;
  private final Font font;

  CharacterGenerator(Vga.State registers, VgaMemory memory) {
    this.memory = memory;
    int select = registers.sequencer()[3];
    int whenClear = offset(select & 3 | select >> 2 & 4);
    int whenSet = offset(select >> 2 & 3 | select >> 3 & 4);
    offsets = new int[] {whenClear, whenSet};
    empty = new boolean[] {isEmpty(whenClear), isEmpty(whenSet)};
    font = empty[0] || empty[1] ? Font.builtIn() : null;
  }

  /** Maps 0 to 3 are 16 KiB apart, maps 4 to 7 halfway between them. */
  private static int offset(int map) {
    return (map & 3) << 14 | (map & 4) << 11;
  }

  private boolean isEmpty(int offset) {
    int all = 0;
    for (int i = 0; i < MAP; i++) {
      all |= memory.peek(2, offset + i);
    }
    return all == 0;
  }

  /**
   * A line of a character as eight bits, the left point in the highest.
   *
   * @param scan the line from the top, 0 to 31
   * @param height lines that a character has, 1 to 32
   */
  int line(int code, int attribute, int scan, int height) {
    int map = attribute >> 3 & 1;
    return empty[map]
        ? font.line(code, scan, height)
        : memory.peek(2, offsets[map] + code * SLOT + scan);
  }
}
