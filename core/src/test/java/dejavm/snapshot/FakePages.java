package dejavm.snapshot;

import dejavm.bus.Paged;
import java.util.BitSet;

/** Pages in an array. */
final class FakePages implements Paged {
  final byte[][] bytes;
  final BitSet dirty = new BitSet();
  int reads;

  FakePages(int pages) {
    bytes = new byte[pages][PAGE];
  }

  @Override
  public int pages() {
    return bytes.length;
  }

  @Override
  public void readPage(int page, byte[] into) {
    reads++;
    System.arraycopy(bytes[page], 0, into, 0, PAGE);
  }

  @Override
  public void writePage(int page, byte[] from) {
    System.arraycopy(from, 0, bytes[page], 0, PAGE);
    dirty.set(page);
  }

  @Override
  public int nextDirty(int from) {
    return dirty.nextSetBit(from);
  }

  @Override
  public void clean() {
    dirty.clear();
  }
}
