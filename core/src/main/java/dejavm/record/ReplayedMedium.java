package dejavm.record;

import dejavm.bus.Medium;
import dejavm.bus.Paged;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.Map;
import java.util.TreeMap;

/**
 * A medium of which a recording has the pages that were read. A replay that asks for another one is
 * not what was recorded.
 */
final class ReplayedMedium implements Medium {
  /** Frames whose pages are kept at hand: guests read on from where they read before. */
  private static final int KEPT = 8;

  private final RecordingReader recording;
  private final String name;
  private final long sectors;
  private final Deque<Map<Integer, byte[]>> atHand = new ArrayDeque<>();
  private Map<Integer, Frame> index;

  ReplayedMedium(RecordingReader recording, String name, long sectors) {
    this.recording = recording;
    this.name = name;
    this.sectors = sectors;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public long sectors() {
    return sectors;
  }

  @Override
  public void readPage(int page, byte[] into) {
    byte[] bytes = find(page);
    System.arraycopy(bytes, 0, into, 0, Paged.PAGE);
  }

  private byte[] find(int page) {
    for (Map<Integer, byte[]> pages : atHand) {
      byte[] bytes = pages.get(page);
      if (bytes != null) {
        return bytes;
      }
    }
    if (index == null) {
      index = new TreeMap<>();
      for (Frame frame : recording.pageFrames(name)) {
        pages(frame).keySet().forEach(number -> index.putIfAbsent(number, frame));
      }
    }
    Frame frame = index.get(page);
    if (frame == null) {
      throw new DivergenceException(
          "page %x of %s is read, which was not when it was recorded".formatted(page, name));
    }
    Map<Integer, byte[]> pages = pages(frame);
    if (atHand.size() == KEPT) {
      atHand.removeLast();
    }
    atHand.addFirst(pages);
    return pages.get(page);
  }

  private Map<Integer, byte[]> pages(Frame frame) {
    Map<Integer, byte[]> pages = new TreeMap<>();
    BytesIn in = recording.open(frame);
    PageBlock.component(in);
    PageBlock.read(in, new BitSet(), (number, bytes) -> pages.put(number, bytes.clone()));
    return pages;
  }
}
