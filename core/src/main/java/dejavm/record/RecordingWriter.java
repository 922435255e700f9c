package dejavm.record;

import dejavm.bus.Input;
import dejavm.bus.Paged;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.concurrent.Executor;

/**
 * Writes a recording. Belongs to the machine's thread; compressing and appending are given to an
 * executor, which changes nothing but speed.
 *
 * <p>A moment is <em>sealed</em> once it has been flushed, digested or put into a snapshot: no
 * input enters the machine at it, or before it, any more ({@link InputGate}). So every frame says
 * truly that it covers all up to its last moment, and what was hashed can be found again at replay.
 */
public final class RecordingWriter {
  private static final int FRAME_BYTES = 1 << 16;

  /** So many frames' worth of inputs at one moment, and the moment is sealed. */
  private static final int PATIENCE = 16;

  private final FrameWriter frames;
  private final Boundary boundary;
  private final int frameBytes;

  private final BytesOut events = new BytesOut();
  private final BytesOut digests = new BytesOut();
  private final SequencedMap<String, Integer> names = new LinkedHashMap<>();
  private final TreeMap<String, TreeMap<Integer, byte[]>> pages = new TreeMap<>();
  private CallLog calls;

  private int pagesHeld;
  private long covered;
  private long sealed = -1;
  private long lastEvent;
  private long firstDigest;
  private long lastDigest;
  private long lastDigestRetired;
  private boolean closed;

  /** Begins a recording: the header is appended at once. */
  public RecordingWriter(LogSink sink, RecordingHeader header, Executor executor) {
    this(sink, header, executor, Codec.ZSTD, FRAME_BYTES);
  }

  RecordingWriter(
      LogSink sink, RecordingHeader header, Executor executor, Codec codec, int frameBytes) {
    this.boundary = header.boundary();
    this.frameBytes = frameBytes;
    this.frames = new FrameWriter(sink, executor, codec);
    frames.submit(FrameKind.HEADER, 0, 0, HeaderCodec.encode(header));
  }

  /** What {@link CallLog} collects goes into this recording. */
  void attach(CallLog log) {
    demand(boundary == Boundary.CPU, "calls are recorded at the cpu boundary only");
    demand(calls == null, "there is a call log already");
    calls = log;
  }

  /** The last moment at which no input may enter any more; -1 at first. */
  public long sealed() {
    return sealed;
  }

  /** Records the bytes of a component before the first instruction; pages of zeros take no room. */
  public void pages(String component, Paged pages) {
    PageBlock block = new PageBlock(component, this::initialPages);
    byte[] page = new byte[Paged.PAGE];
    for (int number = pages.nextStored(0); number >= 0; number = pages.nextStored(number + 1)) {
      pages.readPage(number, page);
      if (!PageBlock.isZero(page)) {
        block.add(number, page);
      }
    }
    block.finish();
  }

  /**
   * Records one page as it was before the first instruction, at any time: the sectors that a guest
   * really read become known while it runs. It is in the file before the frame that covers the
   * present moment.
   *
   * @param page kept, not copied
   */
  public void page(String component, int number, byte[] page) {
    demand(!closed, "the recording is closed");
    pages.computeIfAbsent(component, _ -> new TreeMap<>()).put(number, page);
    if (++pagesHeld == PageBlock.MOST) {
      finishPages();
    }
  }

  private void finishPages() {
    pages.forEach((component, held) -> {
      PageBlock block = new PageBlock(component, this::initialPages);
      held.forEach(block::add);
      block.finish();
    });
    pages.clear();
    pagesHeld = 0;
  }

  /** Records an input at the moment at which it enters the machine. */
  public void input(long now, Input input) {
    demand(!closed, "the recording is closed");
    demand(boundary == Boundary.MACHINE, "inputs are recorded at the machine boundary only");
    if (now <= sealed || now < lastEvent) {
      throw new IllegalStateException("an input at %d after %d was sealed".formatted(now, sealed));
    }
    if (events.size() >= frameBytes && now > lastEvent) {
      finish(now - 1);
    }
    events.varint(now - Math.max(lastEvent, covered));
    InputCodec.write(events, input);
    lastEvent = now;
    if (events.size() >= PATIENCE * frameBytes) {
      flush(now);
    }
  }

  /** Records hashes of components; seals their moment. */
  public void digest(DigestPoint point) {
    demand(!closed, "the recording is closed");
    demand(point.now() >= Math.max(covered, lastDigest), "digests run backwards");
    if (digests.size() == 0) {
      firstDigest = point.now();
      lastDigest = point.now();
      lastDigestRetired = 0;
    }
    digests.varint(point.now() - lastDigest);
    digests.zigzag(point.retired() - lastDigestRetired);
    digests.varint(point.parts().size());
    for (DigestPoint.Part part : point.parts()) {
      Integer known = names.get(part.component());
      if (known == null) {
        known = names.size();
        names.put(part.component(), known);
      }
      digests.varint(known);
      digests.u64(part.hash());
      digests.varint(part.pages().size());
      int last = -1;
      for (DigestPoint.PageHash page : part.pages()) {
        digests.varint(page.page() - last - 1);
        digests.u8(page.hash() & 0xFF);
        digests.u8(page.hash() >>> 8 & 0xFF);
        last = page.page();
      }
    }
    lastDigest = point.now();
    lastDigestRetired = point.retired();
    sealed = Math.max(sealed, point.now());
    if (digests.size() >= frameBytes) {
      flush(point.now());
    }
  }

  /** Records the whole state at a moment, so that a replay can begin there; seals the moment. */
  public void snapshot(Snapshot snapshot, List<ChangedPages> changes) {
    demand(!closed, "the recording is closed");
    long now = snapshot.now();
    seal(now);
    byte[] page = new byte[Paged.PAGE];
    for (ChangedPages change : changes) {
      PageBlock block =
          new PageBlock(
              change.component(),
              bytes -> frames.submit(FrameKind.SNAPSHOT_PAGES, now, now, bytes));
      for (int n = change.changed().nextSetBit(0); n >= 0; n = change.changed().nextSetBit(n + 1)) {
        change.pages().readPage(n, page);
        block.add(n, page);
      }
      block.finish();
    }
    BytesOut out = new BytesOut();
    out.varint(snapshot.retired());
    out.varint(snapshot.states().size());
    for (Map.Entry<String, byte[]> state : snapshot.states().sequencedEntrySet()) {
      out.string(state.getKey());
      out.bytes(state.getValue());
    }
    frames.submit(FrameKind.SNAPSHOT, now, now, out.toByteArray());
  }

  /**
   * Finishes the frames under way, so that what was recorded up to this moment survives; seals the
   * moment. Called between instructions, after all that is due at {@code now} was delivered. Where
   * nothing was recorded since the last time nothing is written: an idle guest takes no room.
   */
  public void flush(long now) {
    demand(!closed, "the recording is closed");
    if (pagesHeld > 0
        || events.size() > 0
        || digests.size() > 0
        || (calls != null && calls.pending())) {
      seal(now);
    }
  }

  private void seal(long now) {
    demand(now >= sealed && now >= lastEvent, "flushed at a moment before the last");
    finish(now);
    sealed = now;
  }

  /** Ends the recording; afterwards all is in the sink. */
  public void close(long now, long retired, String outcome) {
    demand(!closed, "the recording is closed");
    seal(now);
    closed = true;
    frames.drain();
    List<Frame> written = new ArrayList<>(frames.frames());
    frames.submit(FrameKind.INDEX, now, now, FrameReader.index(written));
    BytesOut end = new BytesOut();
    end.varint(retired);
    end.string(outcome);
    frames.submit(FrameKind.END, now, now, end.toByteArray());
    frames.drain();
    frames.trailer(frames.frames().get(written.size()).position());
  }

  boolean full(int bytes) {
    return bytes >= frameBytes;
  }

  /** Bytes of a read-only memory, before the first frame that refers to it. */
  void rom(int number, byte[] bytes) {
    BytesOut out = new BytesOut(bytes.length + 8);
    out.varint(number);
    out.bytes(bytes);
    frames.submit(FrameKind.ROM, covered, covered, out.toByteArray());
  }

  private void finish(long now) {
    finishPages();
    if (boundary == Boundary.MACHINE) {
      if (events.size() > 0 || now > covered) {
        frames.submit(FrameKind.EVENTS, covered, now, taken(events));
      }
    } else if (now > covered || (calls != null && calls.pending())) {
      byte[] payload = calls == null ? CallFrame.empty() : calls.take(now);
      frames.submit(FrameKind.CALLS, covered, now, payload);
    }
    covered = now;
    if (digests.size() > 0) {
      finishDigests();
    }
  }

  private void finishDigests() {
    BytesOut out = new BytesOut(digests.size() + 256);
    out.varint(names.size());
    names.sequencedKeySet().forEach(out::string);
    out.raw(digests);
    frames.submit(FrameKind.DIGEST, firstDigest, lastDigest, out.toByteArray());
    digests.clear();
    names.clear();
  }

  private void initialPages(byte[] payload) {
    demand(!closed, "the recording is closed");
    frames.submit(FrameKind.PAGES, 0, 0, payload);
  }

  private static byte[] taken(BytesOut out) {
    byte[] bytes = Arrays.copyOf(out.array(), out.size());
    out.clear();
    return bytes;
  }

  private static void demand(boolean holds, String message) {
    if (!holds) {
      throw new IllegalStateException(message);
    }
  }
}
