package dejavm.record;

import dejavm.bus.Medium;
import java.util.BitSet;

/** A medium of which a recording takes each page when it is read for the first time. */
public final class RecordedMedium implements Medium {
  private final Medium medium;
  private final RecordingWriter writer;
  private final BitSet taken = new BitSet();

  public RecordedMedium(Medium medium, RecordingWriter writer) {
    this.medium = medium;
    this.writer = writer;
  }

  @Override
  public String name() {
    return medium.name();
  }

  @Override
  public long sectors() {
    return medium.sectors();
  }

  @Override
  public void readPage(int page, byte[] into) {
    medium.readPage(page, into);
    if (!taken.get(page)) {
      taken.set(page);
      writer.page(medium.name(), page, into.clone());
    }
  }
}
