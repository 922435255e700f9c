package dejavm.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Finds the frames of a file: through its index in constant time where the file is whole, else by
 * going through it from the start up to the first byte that does not fit.
 */
final class FrameReader {
  private static final int CHUNK = 1 << 16;

  /** What a file holds: its frames, and where and why they end too early. */
  record Contents(List<Frame> frames, Optional<Damage> damage) {}

  /** A frame's first bytes, taken apart. */
  private record Head(
      int code,
      int codec,
      int sequence,
      int previousCrc,
      long first,
      long last,
      int size,
      int stored) {}

  private final LogSource source;
  private final int start;

  /** Reads the first bytes of a file. */
  FrameReader(LogSource source) {
    this.source = source;
    if (source.length() < FrameFormat.PREAMBLE) {
      throw new RecordingException(
          source.length() == 0
              ? "not a recording: the file is empty"
              : "not a recording: the file has only " + source.length() + " bytes");
    }
    byte[] preamble = read(0, FrameFormat.PREAMBLE);
    BytesIn in = new BytesIn(preamble);
    if (in.u64() != FrameFormat.MAGIC) {
      throw new RecordingException("not a recording: it does not begin like one (byte 0)");
    }
    int version = in.u32();
    start = FrameFormat.crc(preamble, 0, 12);
    if (in.u32() != start) {
      throw RecordingException.damaged(8, "the checksum of the version does not match");
    }
    if (version != FrameFormat.VERSION) {
      throw new RecordingException(
          "recording has format version %d, this program reads version %d"
              .formatted(version, FrameFormat.VERSION));
    }
  }

  /** All frames, through the index where there is a valid one. */
  Contents contents() {
    try {
      List<Frame> frames = indexed();
      if (frames != null) {
        return new Contents(frames, Optional.empty());
      }
    } catch (RecordingException e) {
      // the index is not usable; going through the file says what is wrong, and where
    }
    return scan();
  }

  /** All frames up to the first that is damaged, each checked. */
  Contents scan() {
    List<Frame> frames = new ArrayList<>();
    long position = FrameFormat.PREAMBLE;
    int previous = start;
    try {
      while (position < source.length()) {
        Frame frame = check(position, frames.size(), previous);
        frames.add(frame);
        position += frame.length();
        previous = frame.crc();
        if (frame.kind() == FrameKind.END) {
          checkTrailer(frames, position);
          return new Contents(frames, Optional.empty());
        }
      }
    } catch (RecordingException e) {
      if (e.position() < 0) {
        throw e;
      }
      return new Contents(frames, Optional.of(new Damage(e.position(), e.reason())));
    }
    return new Contents(
        frames, Optional.of(new Damage(position, "the recording was cut off: it has no end")));
  }

  /** A frame's payload, checked against what the index says of it. */
  byte[] load(Frame frame) {
    Head head = head(frame.position());
    checkChain(frame.position(), head, frame.sequence(), head.previousCrc);
    if (length(head) != frame.length()
        || head.code != frame.code()
        || head.first != frame.firstNow()
        || head.last != frame.lastNow()) {
      throw RecordingException.damaged(frame.position(), "the frame is not the one in the index");
    }
    byte[] all = read(frame.position(), frame.length());
    int end = frame.length() - FrameFormat.TAIL;
    int crc = new BytesIn(all, end, all.length, -1).u32();
    if (crc != FrameFormat.crc(all, 0, end)) {
      throw RecordingException.damaged(
          frame.position(), "the checksum of the frame does not match");
    }
    if (crc != frame.crc()) {
      throw RecordingException.damaged(frame.position(), "the frame is not the one in the index");
    }
    byte[] stored = new byte[head.stored];
    System.arraycopy(all, FrameFormat.HEAD, stored, 0, head.stored);
    return Codec.unpack(head.codec, stored, head.size, frame.position());
  }

  BytesIn open(Frame frame) {
    byte[] payload = load(frame);
    return new BytesIn(payload, 0, payload.length, frame.position());
  }

  /** The payload of the index frame for these frames. */
  static byte[] index(List<Frame> frames) {
    BytesOut out = new BytesOut(16 + frames.size() * 16);
    out.varint(frames.size());
    long now = 0;
    for (Frame frame : frames) {
      out.varint(frame.code());
      out.varint(frame.length());
      out.zigzag(frame.firstNow() - now);
      out.varint(frame.lastNow() - frame.firstNow());
      out.u32(frame.crc());
      now = frame.lastNow();
    }
    return out.toByteArray();
  }

  private List<Frame> indexed() {
    long trailerAt = source.length() - FrameFormat.TRAILER;
    if (trailerAt < FrameFormat.PREAMBLE) {
      return null;
    }
    BytesIn trailer = new BytesIn(read(trailerAt, FrameFormat.TRAILER));
    long indexAt = trailer.u64();
    if (trailer.u32() != FrameFormat.TRAILER_MARK
        || trailer.u32() != FrameFormat.crc(read(trailerAt, 12), 0, 12)
        || indexAt < FrameFormat.PREAMBLE
        || indexAt > trailerAt) {
      return null;
    }
    Head head = head(indexAt);
    Frame index = check(indexAt, head.sequence, head.previousCrc);
    if (index.kind() != FrameKind.INDEX) {
      return null;
    }
    List<Frame> frames = decodeIndex(open(index));
    if (frames.size() != index.sequence()
        || frames.getLast().crc() != head.previousCrc
        || frames.getLast().position() + frames.getLast().length() != indexAt) {
      return null;
    }
    frames.add(index);
    Frame end = check(indexAt + index.length(), index.sequence() + 1, index.crc());
    frames.add(end);
    return end.kind() == FrameKind.END && end.position() + end.length() == trailerAt
        ? frames
        : null;
  }

  private static List<Frame> decodeIndex(BytesIn in) {
    int count = in.count(8);
    if (count == 0) {
      throw in.damaged("the index is empty");
    }
    List<Frame> frames = new ArrayList<>(count + 2);
    long position = FrameFormat.PREAMBLE;
    long now = 0;
    for (int i = 0; i < count; i++) {
      int code = in.varint32();
      int length = in.varint32();
      long first = now + in.zigzag();
      now = first + in.varint();
      frames.add(new Frame(i, code, position, length, first, now, in.u32()));
      position += length;
    }
    in.end();
    return frames;
  }

  private void checkTrailer(List<Frame> frames, long position) {
    long left = source.length() - position;
    Frame index = frames.size() < 2 ? null : frames.get(frames.size() - 2);
    if (left < FrameFormat.TRAILER) {
      throw RecordingException.damaged(position, "the file ends before its trailer does");
    }
    byte[] expected = FrameFormat.trailer(index == null ? 0 : index.position());
    byte[] found = read(position, FrameFormat.TRAILER);
    for (int i = 0; i < expected.length; i++) {
      if (expected[i] != found[i]) {
        throw RecordingException.damaged(position + i, "the trailer is not the one of this file");
      }
    }
    if (left > FrameFormat.TRAILER) {
      throw RecordingException.damaged(
          position + FrameFormat.TRAILER, "something follows the end of the recording");
    }
    if (index == null || index.kind() != FrameKind.INDEX) {
      throw RecordingException.damaged(position, "there is no index before the end");
    }
  }

  /** Checks a whole frame against its checksums and its place in the file. */
  private Frame check(long position, int sequence, int previousCrc) {
    Head head = head(position);
    checkChain(position, head, sequence, previousCrc);
    long length = length(head);
    if (length > source.length() - position) {
      throw RecordingException.damaged(position, "the file ends inside a frame");
    }
    CRC32C crc = new CRC32C();
    long end = position + length - FrameFormat.TAIL;
    byte[] chunk = new byte[(int) Math.min(CHUNK, length)];
    for (long at = position; at < end; at += chunk.length) {
      int part = (int) Math.min(chunk.length, end - at);
      source.read(at, chunk, 0, part);
      crc.update(chunk, 0, part);
    }
    int expected = new BytesIn(read(end, FrameFormat.TAIL)).u32();
    if ((int) crc.getValue() != expected) {
      throw RecordingException.damaged(position, "the checksum of the frame does not match");
    }
    return new Frame(sequence, head.code, position, (int) length, head.first, head.last, expected);
  }

  private Head head(long position) {
    if (source.length() - position < FrameFormat.HEAD + FrameFormat.TAIL) {
      throw RecordingException.damaged(position, "the file ends inside a frame");
    }
    byte[] bytes = read(position, FrameFormat.HEAD);
    BytesIn in = new BytesIn(bytes);
    if (in.u32() != FrameFormat.MARK) {
      throw RecordingException.damaged(position, "no frame begins here");
    }
    int code = in.u8();
    int codec = in.u8();
    int reserved = in.u8();
    reserved |= in.u8();
    Head head = new Head(code, codec, in.u32(), in.u32(), in.u64(), in.u64(), in.u32(), in.u32());
    if (in.u32() != FrameFormat.crc(bytes, 0, FrameFormat.HEAD - 4)) {
      throw RecordingException.damaged(
          position, "the checksum of the frame's first bytes does not match");
    }
    if (reserved != 0
        || head.size < 0
        || head.size > FrameFormat.LARGEST
        || head.stored < 0
        || head.stored > FrameFormat.LARGEST
        || head.first < 0
        || head.last < head.first) {
      throw RecordingException.damaged(position, "a frame with impossible sizes or moments");
    }
    return head;
  }

  private static void checkChain(long position, Head head, int sequence, int previousCrc) {
    if (head.sequence != sequence) {
      throw RecordingException.damaged(
          position, "frame %d where frame %d belongs".formatted(head.sequence, sequence));
    }
    if (head.previousCrc != previousCrc) {
      throw RecordingException.damaged(position, "the frame does not follow the one before it");
    }
  }

  private static long length(Head head) {
    return (long) FrameFormat.HEAD + head.stored + FrameFormat.TAIL;
  }

  private byte[] read(long position, int length) {
    byte[] bytes = new byte[length];
    source.read(position, bytes, 0, length);
    return bytes;
  }
}
