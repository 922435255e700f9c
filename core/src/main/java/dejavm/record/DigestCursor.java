package dejavm.record;

import java.util.ArrayList;
import java.util.List;

/** Walks over the digests of a recording, a frame at a time. */
public final class DigestCursor {
  private final FrameReader reader;
  private final List<Frame> frames;
  private int frame = -1;
  private BytesIn in = new BytesIn(new byte[0]);
  private List<String> names = List.of();
  private long now;
  private long retired;
  private DigestPoint head;

  DigestCursor(FrameReader reader, List<Frame> frames, long after) {
    this.reader = reader;
    this.frames = frames;
    while (frame + 1 < frames.size() && frames.get(frame + 1).lastNow() <= after) {
      frame++;
    }
    while (peek() != null && peek().now() <= after) {
      next();
    }
  }

  /** The next digest, which stays the next; null at the end. */
  public DigestPoint peek() {
    if (head == null) {
      while (in.remaining() == 0) {
        if (frame + 1 >= frames.size()) {
          return null;
        }
        load(frame + 1);
      }
      head = read();
    }
    return head;
  }

  /** The next digest, and goes on; null at the end. */
  public DigestPoint next() {
    DigestPoint result = peek();
    head = null;
    return result;
  }

  private DigestPoint read() {
    now += in.varint();
    retired += in.zigzag();
    if (now < 0 || now > frames.get(frame).lastNow()) {
      throw in.damaged("a digest lies outside its frame's moments");
    }
    List<DigestPoint.Part> parts = new ArrayList<>();
    for (int left = in.count(10); left > 0; left--) {
      int name = in.varint32();
      if (name < 0 || name >= names.size()) {
        throw in.damaged("a digest of a component without a name");
      }
      parts.add(new DigestPoint.Part(names.get(name), in.u64(), pages()));
    }
    return new DigestPoint(now, retired, parts);
  }

  private List<DigestPoint.PageHash> pages() {
    List<DigestPoint.PageHash> pages = new ArrayList<>();
    int page = -1;
    for (int left = in.count(3); left > 0; left--) {
      int skipped = in.varint32();
      if (skipped < 0 || skipped >= Integer.MAX_VALUE - page - 1) {
        throw in.damaged("a page out of range");
      }
      page += 1 + skipped;
      int low = in.u8();
      pages.add(new DigestPoint.PageHash(page, low | in.u8() << 8));
    }
    return pages;
  }

  private void load(int number) {
    frame = number;
    in = reader.open(frames.get(number));
    now = frames.get(number).firstNow();
    retired = 0;
    List<String> table = new ArrayList<>();
    for (int left = in.count(1); left > 0; left--) {
      table.add(in.string());
    }
    names = table;
  }
}
