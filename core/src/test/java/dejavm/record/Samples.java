package dejavm.record;

import dejavm.bus.Input;
import dejavm.bus.Paged;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;

/** Seeded material for recordings. */
final class Samples {
  /** Pages in an array. */
  record Pages(byte[][] bytes) implements Paged {
    static Pages random(Random random, int count) {
      byte[][] bytes = new byte[count][PAGE];
      for (byte[] page : bytes) {
        if (random.nextInt(3) > 0) {
          page[random.nextInt(PAGE)] = (byte) random.nextInt();
        }
      }
      return new Pages(bytes);
    }

    @Override
    public int pages() {
      return bytes.length;
    }

    @Override
    public void readPage(int page, byte[] into) {
      System.arraycopy(bytes[page], 0, into, 0, PAGE);
    }

    @Override
    public void writePage(int page, byte[] from) {
      System.arraycopy(from, 0, bytes[page], 0, PAGE);
    }

    @Override
    public int nextDirty(int from) {
      return -1;
    }

    @Override
    public void clean() {}
  }

  /** What went into a recording, as text. */
  record Written(byte[] file, List<TimedInput> inputs, List<DigestPoint> digests, long end) {}

  private Samples() {}

  static RecordingHeader header(Boundary boundary) {
    SequencedMap<String, String> configuration = new LinkedHashMap<>();
    configuration.put("memory", "268435456");
    configuration.put("clock.ips", "100000000");
    configuration.put("an empty one", "");
    configuration.put("größe", "π");
    return new RecordingHeader(
        3,
        boundary,
        configuration,
        List.of(new Image("kernel", 5_000_000_000L, "0123456789abcdef".repeat(4))),
        "made by a test");
  }

  static Input input(Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> new Input.Key(number(random), random.nextBoolean());
      case 1 -> new Input.Pointer(number(random), number(random), number(random), number(random));
      case 2 -> new Input.NetFrame(number(random), bytes(random));
      case 3 -> new Input.SerialBytes(number(random), bytes(random));
      case 4 -> new Input.UsbCompletion(random.nextLong(), number(random), bytes(random));
      case 5 -> new Input.AudioIn(number(random), bytes(random));
      case 6 -> new Input.MediaChange(number(random), random.nextBoolean() ? "" : "cd \"ä\"\n𝄞");
      case 7 -> new Input.DiskFault(number(random), random.nextLong());
      case 8 -> new Input.PowerButton();
      default -> new Input.ResetButton();
    };
  }

  static DigestPoint digest(Random random, long now, long retired) {
    List<DigestPoint.Part> parts = new ArrayList<>();
    for (int i = random.nextInt(4); i >= 0; i--) {
      List<DigestPoint.PageHash> pages = new ArrayList<>();
      for (int page = random.nextInt(4); random.nextInt(3) > 0; page += 1 + random.nextInt(9)) {
        pages.add(new DigestPoint.PageHash(page, random.nextInt(1 << 16)));
      }
      parts.add(new DigestPoint.Part("part" + random.nextInt(5), random.nextLong(), pages));
    }
    return new DigestPoint(now, retired, parts);
  }

  /** A whole recording at the machine boundary in small frames, of every kind. */
  static Written recording(long seed, int steps, int frameBytes, Codec codec) {
    Random random = new Random(seed);
    MemoryLog log = new MemoryLog();
    RecordingWriter writer =
        new RecordingWriter(log, header(Boundary.MACHINE), Runnable::run, codec, frameBytes);
    List<TimedInput> inputs = new ArrayList<>();
    List<DigestPoint> digests = new ArrayList<>();
    writer.pages("ram", Pages.random(random, 3));
    long now = random.nextInt(2);
    for (int i = 0; i < steps; i++) {
      switch (random.nextInt(12)) {
        case 0 -> writer.flush(now);
        case 1, 2, 3 -> {
          DigestPoint point = digest(random, now, now / 2 + random.nextInt(3));
          writer.digest(point);
          digests.add(point);
        }
        case 4 -> {
          if (random.nextInt(8) == 0) {
            snapshot(random, writer, now);
          }
        }
        default -> {
          now += now <= writer.sealed() ? 1 : 0;
          TimedInput timed = new TimedInput(now, input(random));
          writer.input(timed.now(), timed.input());
          inputs.add(timed);
        }
      }
      now += random.nextInt(4) == 0 ? 0 : random.nextLong(1L << random.nextInt(20));
    }
    writer.page("disk", 77, new byte[Paged.PAGE]);
    writer.close(now, now / 2, "powered off");
    return new Written(log.bytes(), inputs, digests, now);
  }

  private static void snapshot(Random random, RecordingWriter writer, long now) {
    SequencedMap<String, byte[]> states = new LinkedHashMap<>();
    states.put("cpu", bytes(random));
    states.put("pit", bytes(random));
    BitSet changed = new BitSet();
    changed.set(random.nextInt(3));
    writer.snapshot(
        new Snapshot(now, now / 2, states),
        List.of(new ChangedPages("ram", Pages.random(random, 3), changed)));
  }

  static List<TimedInput> all(EventCursor cursor) {
    List<TimedInput> all = new ArrayList<>();
    while (cursor.peek() != null) {
      all.add(cursor.next());
    }
    return all;
  }

  static List<DigestPoint> all(DigestCursor cursor) {
    List<DigestPoint> all = new ArrayList<>();
    while (cursor.peek() != null) {
      all.add(cursor.next());
    }
    return all;
  }

  /** Inputs with arrays do not equal each other; their text does. */
  static List<String> text(List<TimedInput> inputs) {
    return inputs.stream().map(LogText::line).toList();
  }

  private static int number(Random random) {
    return random.nextBoolean() ? random.nextInt(200) : random.nextInt();
  }

  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(20) == 0 ? 1500 : random.nextInt(12)];
    random.nextBytes(bytes);
    return bytes;
  }
}
