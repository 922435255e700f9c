package dejavm.cli;

import static java.time.format.DateTimeFormatter.ISO_LOCAL_DATE_TIME;

import dejavm.bus.Input;
import dejavm.record.Boundary;
import dejavm.record.CallFigures;
import dejavm.record.DigestCursor;
import dejavm.record.DigestPoint;
import dejavm.record.End;
import dejavm.record.EventCursor;
import dejavm.record.Frame;
import dejavm.record.FrameKind;
import dejavm.record.Image;
import dejavm.record.RecordingHeader;
import dejavm.record.RecordingReader;
import dejavm.record.TimedInput;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What is in a recording, in figures. */
final class Contents {
  private final RecordingReader reader;
  private final long bytes;

  Contents(RecordingReader reader, long bytes) {
    this.reader = reader;
    this.bytes = bytes;
  }

  Map<String, Object> json() {
    RecordingHeader header = reader.header();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("complete", reader.complete());
    json.put("outcome", reader.end().map(End::outcome).orElse("none: it was not ended"));
    reader.damage().ifPresent(damage -> json.put("damage", damage.toString()));
    json.put("instructions", reader.end().map(End::retired).orElseGet(this::retired));
    json.put("ticks", Math.max(0, reader.lastNow()));
    frequency(header).ifPresent(f -> json.put("guest_seconds", reader.lastNow() / (double) f));
    json.put("bytes", bytes);
    json.put("boundary", lower(header.boundary()));
    json.put("format_version", (long) reader.formatVersion());
    json.put("semantics", (long) header.semantics());
    json.put("note", header.note());
    json.put("machine", machine(header));
    json.put("images", images(header));
    if (header.boundary() == Boundary.CPU) {
      json.put("calls", calls());
    } else {
      json.put("events", events());
    }
    per1000().ifPresent(figure -> json.put("bytes_per_1000_instructions", figure));
    json.put("frames", frames());
    return json;
  }

  private static Optional<Long> frequency(RecordingHeader header) {
    try {
      return Optional.of(Long.parseLong(header.configuration().get("frequency")));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  /** What the last digest says, where the recording was not ended. */
  private long retired() {
    long retired = 0;
    DigestCursor digests = reader.digests();
    for (DigestPoint point = digests.next(); point != null; point = digests.next()) {
      retired = point.retired();
    }
    return retired;
  }

  private static Map<String, Object> machine(RecordingHeader header) {
    Map<String, Object> machine = new LinkedHashMap<>();
    header.configuration().forEach((name, value) -> machine.put(name, value(name, value)));
    return machine;
  }

  private static Object value(String name, String value) {
    if (!value.matches("[0-9]{1,12}")) {
      return value.equals("true") || value.equals("false") ? Boolean.valueOf(value) : value;
    }
    long number = Long.parseLong(value);
    return name.equals("rtc")
        ? LocalDateTime.ofEpochSecond(number, 0, ZoneOffset.UTC).format(ISO_LOCAL_DATE_TIME)
        : number;
  }

  private static List<Map<String, Object>> images(RecordingHeader header) {
    List<Map<String, Object>> images = new ArrayList<>();
    for (Image image : header.images()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", image.name());
      one.put("bytes", image.length());
      one.put("sha256", image.sha256());
      images.add(one);
    }
    return images;
  }

  /** The inputs: how many of each kind, and the bytes of the frames that hold them. */
  private Map<String, Object> events() {
    Map<String, Long> kinds = new TreeMap<>();
    long count = 0;
    EventCursor events = reader.events();
    for (TimedInput event = events.next(); event != null; event = events.next()) {
      kinds.merge(kind(event.input()), 1L, Long::sum);
      count++;
    }
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("count", count);
    json.put("bytes", stored(FrameKind.EVENTS));
    json.put("by_kind", kinds);
    return json;
  }

  /** What crossed the cpu boundary, and the bytes of the frames that hold it. */
  private Map<String, Object> calls() {
    CallFigures figures = reader.calls();
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("count", figures.calls());
    json.put("bytes", stored(FrameKind.CALLS));
    json.put("answers", figures.answers());
    json.put("signals", figures.signals());
    json.put("ram_writes", figures.ramWrites());
    json.put("ram_bytes", figures.ramBytes());
    json.put("maps", figures.maps());
    return json;
  }

  /** What the run itself takes in the file: all but what the machine started with. */
  private Optional<Double> per1000() {
    long initial = stored(FrameKind.PAGES) + stored(FrameKind.ROM);
    return reader
        .end()
        .filter(end -> end.retired() > 0)
        .map(end -> Math.round((bytes - initial) * 1e6 / end.retired()) / 1e3);
  }

  private static String kind(Input input) {
    return switch (input) {
      case Input.Key _ -> "key";
      case Input.Pointer _ -> "pointer";
      case Input.NetFrame _ -> "net";
      case Input.SerialBytes _ -> "serial";
      case Input.UsbCompletion _ -> "usb";
      case Input.AudioIn _ -> "audio";
      case Input.MediaChange _ -> "media";
      case Input.DiskFault _ -> "disk_fault";
      case Input.PowerButton _ -> "power_button";
      case Input.ResetButton _ -> "reset_button";
    };
  }

  private long stored(FrameKind kind) {
    return reader.frames().stream()
        .filter(frame -> frame.kind() == kind)
        .mapToLong(Frame::length)
        .sum();
  }

  /** Bytes in the file by kind of frame: what they take there, heads and checksums included. */
  private Map<String, Object> frames() {
    Map<String, Object> json = new LinkedHashMap<>();
    for (FrameKind kind : FrameKind.values()) {
      long count = reader.frames().stream().filter(frame -> frame.kind() == kind).count();
      if (count > 0) {
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("count", count);
        one.put("bytes", stored(kind));
        json.put(lower(kind), one);
      }
    }
    return json;
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }
}
