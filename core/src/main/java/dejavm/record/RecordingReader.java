package dejavm.record;

import dejavm.bus.Medium;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.SequencedSet;
import java.util.TreeMap;

/**
 * Reads a recording, or the valid part of one that was cut or damaged. Frames are read when they
 * are needed, one at a time; each is checked then, and a damaged one is a {@link
 * RecordingException} that names its place.
 */
public final class RecordingReader {
  private final FrameReader reader;
  private final FrameReader.Contents contents;
  private final RecordingHeader header;
  private final End end;
  private SequencedMap<String, List<Frame>> pageFrames;
  private ImageFinder images = ImageFinder.NONE;

  private RecordingReader(FrameReader reader, FrameReader.Contents contents) {
    this.reader = reader;
    this.contents = contents;
    List<Frame> frames = contents.frames();
    if (frames.isEmpty() || frames.getFirst().kind() != FrameKind.HEADER) {
      throw RecordingException.damaged(
          FrameFormat.PREAMBLE,
          contents
              .damage()
              .filter(damage -> frames.isEmpty())
              .map(Damage::reason)
              .orElse("the first frame is no header"));
    }
    header = HeaderCodec.decode(reader.open(frames.getFirst()));
    Frame last = frames.getLast();
    end = last.kind() == FrameKind.END ? readEnd(last) : null;
  }

  /**
   * Opens a recording: in constant time where it is whole, else by going through it up to the first
   * byte that does not fit. Damage in the middle of an otherwise whole file shows when it is read;
   * {@link #scan} finds it at once.
   */
  public static RecordingReader open(LogSource source) {
    FrameReader reader = new FrameReader(source);
    return new RecordingReader(reader, reader.contents());
  }

  /** Opens a recording and checks every byte of it; what is valid before any damage can be read. */
  public static RecordingReader scan(LogSource source) {
    FrameReader reader = new FrameReader(source);
    return new RecordingReader(reader, reader.scan());
  }

  public int formatVersion() {
    return FrameFormat.VERSION;
  }

  public RecordingHeader header() {
    return header;
  }

  /** Whether the recording ended as intended and nothing is known to be damaged. */
  public boolean complete() {
    return end != null && contents.damage().isEmpty();
  }

  /** How it ended, where it did. */
  public Optional<End> end() {
    return Optional.ofNullable(end);
  }

  /** Where and why the valid part ends too early. */
  public Optional<Damage> damage() {
    return contents.damage();
  }

  /**
   * The last moment that a replay may reach: no input or effect up to it is missing. -1 where not
   * even the moment 0 is covered.
   */
  public long lastNow() {
    for (Frame frame : contents.frames().reversed()) {
      switch (frame.kind()) {
        case EVENTS, CALLS, END -> {
          return frame.lastNow();
        }
        case null, default -> {}
      }
    }
    return -1;
  }

  /** All valid frames, in their order. */
  public List<Frame> frames() {
    return List.copyOf(contents.frames());
  }

  /** Reads and decodes everything: the first damage found, if any. */
  public Optional<Damage> check() {
    try {
      new RecordingCheck(this).run();
    } catch (RecordingException e) {
      if (e.position() < 0) {
        throw e;
      }
      return Optional.of(new Damage(e.position(), e.reason()));
    }
    return contents.damage();
  }

  /** All inputs; none at the cpu boundary. */
  public EventCursor events() {
    return events(-1);
  }

  /** The inputs after a moment. */
  public EventCursor events(long after) {
    return new EventCursor(reader, frames(FrameKind.EVENTS), after);
  }

  /** What is in the calls; nothing at the machine boundary. */
  public CallFigures calls() {
    return CallFigures.of(this);
  }

  /** All digests. */
  public DigestCursor digests() {
    return digests(-1);
  }

  /** The digests after a moment. */
  public DigestCursor digests(long after) {
    return new DigestCursor(reader, frames(FrameKind.DIGEST), after);
  }

  /** The components that have initial pages. */
  public SequencedSet<String> pageComponents() {
    return Collections.unmodifiableSequencedSet(new LinkedHashSet<>(pageFrames().keySet()));
  }

  /** The frames with the initial pages of a component. */
  List<Frame> pageFrames(String component) {
    return pageFrames().getOrDefault(component, List.of());
  }

  private SequencedMap<String, List<Frame>> pageFrames() {
    if (pageFrames == null) {
      pageFrames = new LinkedHashMap<>();
      for (Frame frame : frames(FrameKind.PAGES)) {
        pageFrames
            .computeIfAbsent(PageBlock.component(reader.open(frame)), _ -> new ArrayList<>())
            .add(frame);
      }
    }
    return pageFrames;
  }

  /** Tells who finds images that are referred to only. */
  public void images(ImageFinder finder) {
    images = finder;
  }

  /**
   * What was on a medium at power-on: the pages that are here, or the image referred to.
   *
   * @param reference where that is; empty where there is no such image
   */
  public Medium medium(String name, long sectors, String reference) {
    return reference.isEmpty()
        ? new ReplayedMedium(this, name, sectors)
        : images.find(header, name, sectors, reference);
  }

  /**
   * Gives the pages of a component as they were before the first instruction; zero ones left out.
   */
  public void pages(String component, PageConsumer consumer) {
    give(pageFrames(component), component, new BitSet(), consumer);
  }

  /** How many snapshots there are. */
  public int snapshots() {
    return frames(FrameKind.SNAPSHOT).size();
  }

  /** The moment of a snapshot. */
  public long snapshotNow(int number) {
    return frames(FrameKind.SNAPSHOT).get(number).lastNow();
  }

  /** A snapshot's states. */
  public Snapshot snapshot(int number) {
    Frame frame = frames(FrameKind.SNAPSHOT).get(number);
    BytesIn in = reader.open(frame);
    long retired = in.varint();
    SequencedMap<String, byte[]> states = new LinkedHashMap<>();
    for (int left = in.count(2); left > 0; left--) {
      states.put(in.string(), in.bytes());
    }
    in.end();
    return new Snapshot(frame.lastNow(), retired, states);
  }

  /**
   * Gives the pages of a component as they were at a snapshot, each once: all that are in it, in
   * earlier ones or among the initial pages. Pages not given are zero.
   */
  public void snapshotPages(int number, String component, PageConsumer consumer) {
    Frame last = frames(FrameKind.SNAPSHOT).get(number);
    BitSet given = new BitSet();
    List<Frame> changes =
        frames(FrameKind.SNAPSHOT_PAGES).stream()
            .filter(frame -> frame.sequence() < last.sequence())
            .toList();
    give(changes.reversed(), component, given, consumer);
    give(pageFrames(component), component, given, consumer);
  }

  /** The payload of a frame, checked. */
  BytesIn open(Frame frame) {
    return reader.open(frame);
  }

  List<Frame> frames(FrameKind kind) {
    return contents.frames().stream().filter(frame -> frame.kind() == kind).toList();
  }

  /** The bytes of all read-only memories that effects refer to, by number. */
  TreeMap<Integer, byte[]> roms() {
    TreeMap<Integer, byte[]> roms = new TreeMap<>();
    for (Frame frame : frames(FrameKind.ROM)) {
      BytesIn in = reader.open(frame);
      roms.put(in.varint32(), in.bytes());
      in.end();
    }
    return roms;
  }

  private void give(List<Frame> from, String component, BitSet given, PageConsumer consumer) {
    for (Frame frame : from) {
      BytesIn in = reader.open(frame);
      if (PageBlock.component(in).equals(component)) {
        PageBlock.read(in, given, consumer);
      }
    }
  }

  private End readEnd(Frame frame) {
    BytesIn in = reader.open(frame);
    End read = new End(frame.lastNow(), in.varint(), in.string());
    in.end();
    return read;
  }
}
