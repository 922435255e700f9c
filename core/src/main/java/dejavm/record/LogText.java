package dejavm.record;

import dejavm.bus.Input;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;

/**
 * A recording as lines of text, to be read and compared: what does not depend on when it was
 * flushed or how it was compressed.
 */
public final class LogText {
  private final Consumer<String> lines;

  public LogText(Consumer<String> lines) {
    this.lines = lines;
  }

  /**
   * The whole recording in the order of its moments, inputs before digests before snapshots; at the
   * cpu boundary the board's effects and answers come first.
   */
  public void write(RecordingReader recording) {
    header(recording.header());
    EventCursor events = recording.events();
    DigestCursor digests = recording.digests();
    int snapshots = recording.snapshots();
    int snapshot = 0;
    if (recording.header().boundary() == Boundary.CPU) {
      new CallText(lines).write(recording);
    }
    while (events.peek() != null || digests.peek() != null || snapshot < snapshots) {
      long event = events.peek() == null ? Long.MAX_VALUE : events.peek().now();
      long digest = digests.peek() == null ? Long.MAX_VALUE : digests.peek().now();
      long taken = snapshot < snapshots ? recording.snapshotNow(snapshot) : Long.MAX_VALUE;
      if (event <= digest && event <= taken && events.peek() != null) {
        lines.accept(line(events.next()));
      } else if (digest <= taken && digests.peek() != null) {
        digest(digests.next());
      } else {
        lines.accept("now " + taken + " snapshot " + snapshot);
        snapshot++;
      }
    }
    end(recording);
  }

  /**
   * The lines of what came in from outside around a moment: inputs at the machine boundary, effects
   * of the board at the cpu boundary.
   *
   * @param before at most so many up to the moment
   * @param after at most so many after it
   */
  public static List<String> around(RecordingReader recording, long now, int before, int after) {
    Deque<String> last = new ArrayDeque<>();
    List<String> next = new ArrayList<>();
    ObjLongConsumer<String> take =
        (line, moment) -> {
          if (moment > now) {
            if (next.size() < after) {
              next.add(line);
            }
          } else if (before > 0) {
            last.add(line);
            if (last.size() > before) {
              last.remove();
            }
          }
        };
    EventCursor events = recording.events();
    for (TimedInput event = events.next(); event != null; event = events.next()) {
      take.accept(line(event), event.now());
    }
    for (Frame frame : recording.frames(FrameKind.CALLS)) {
      CallText.effects(recording, frame, take);
    }
    List<String> lines = new ArrayList<>(last);
    lines.addAll(next);
    return lines;
  }

  /** An input as a line. */
  public static String line(TimedInput timed) {
    return "now " + timed.now() + " " + text(timed.input());
  }

  private void header(RecordingHeader header) {
    lines.accept("semantics " + header.semantics());
    lines.accept("boundary " + header.boundary().name().toLowerCase(Locale.ROOT));
    for (Map.Entry<String, String> entry : header.configuration().sequencedEntrySet()) {
      lines.accept("configuration " + entry.getKey() + " " + quoted(entry.getValue()));
    }
    for (Image image : header.images()) {
      lines.accept(
          "image %s length %d sha256 %s"
              .formatted(quoted(image.name()), image.length(), image.sha256()));
    }
    lines.accept("note " + quoted(header.note()));
  }

  private void digest(DigestPoint point) {
    StringBuilder line = new StringBuilder();
    line.append("now ").append(point.now()).append(" digest retired ").append(point.retired());
    for (DigestPoint.Part part : point.parts()) {
      line.append(' ').append(part.component()).append('=');
      line.append(HexFormat.of().toHexDigits(part.hash()));
    }
    lines.accept(line.toString());
  }

  private void end(RecordingReader recording) {
    recording
        .end()
        .ifPresent(end ->
            lines.accept(
                "now %d end retired %d %s"
                    .formatted(end.now(), end.retired(), quoted(end.outcome()))));
    recording.damage().ifPresent(damage -> lines.accept("damage " + damage));
  }

  private static String text(Input input) {
    return switch (input) {
      case Input.Key(int code, boolean down) ->
          "key 0x%02x %s".formatted(code, down ? "down" : "up");
      case Input.Pointer(int dx, int dy, int wheel, int buttons) ->
          "pointer dx %d dy %d wheel %d buttons 0x%x".formatted(dx, dy, wheel, buttons);
      case Input.NetFrame(int adapter, byte[] frame) ->
          "net " + unsigned(adapter) + " frame " + bytes(frame);
      case Input.SerialBytes(int port, byte[] bytes) ->
          "serial " + unsigned(port) + " bytes " + bytes(bytes);
      case Input.UsbCompletion(long transfer, int status, byte[] data) ->
          "usb transfer %s status %d data %s"
              .formatted(Long.toUnsignedString(transfer), status, bytes(data));
      case Input.AudioIn(int stream, byte[] samples) ->
          "audio " + unsigned(stream) + " samples " + bytes(samples);
      case Input.MediaChange(int drive, String image) ->
          "media " + unsigned(drive) + " image " + quoted(image);
      case Input.DiskFault(int drive, long sector) ->
          "disk " + unsigned(drive) + " fault at sector " + Long.toUnsignedString(sector);
      case Input.PowerButton() -> "power button";
      case Input.ResetButton() -> "reset button";
    };
  }

  /** A number as it is in the file. */
  private static String unsigned(int number) {
    return Integer.toUnsignedString(number);
  }

  /** Bytes in hexadecimal; none as a dash. */
  static String bytes(byte[] bytes) {
    return bytes.length == 0 ? "-" : HexFormat.of().formatHex(bytes);
  }

  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> out.append('\\').append(c);
        case '\n' -> out.append("\\n");
        default -> {
          if (c < ' ' || c == 0x7F) {
            out.append("\\u%04x".formatted((int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    return out.append('"').toString();
  }
}
