package dejavm.rfb;

import dejavm.device.video.Picture;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes to a viewer what differs from what it has.
 *
 * <p>Source: RFC 6143, section 7.6; rfbproto for rectangles that are no part of the picture.
 */
final class UpdateWriter {
  /** Tells that a change of size, or its refusal, was the viewer's own wish. */
  private static final int OWN_WISH = 1;

  private static final int PROHIBITED = 1;

  /** A rectangle that says something else than what a part of the picture is like. */
  private record Notice(Rectangle place, int kind) {}

  private final DataOutputStream out;
  private final Canvas canvas = new Canvas();
  private final Map<Integer, Encoding> encodings =
      Map.of(
          Encoding.RAW, new RawEncoding(),
          Encoding.HEXTILE, new HextileEncoding(),
          Encoding.ZRLE, new ZrleEncoding());

  UpdateWriter(DataOutputStream out) {
    this.out = out;
  }

  /** The viewer is told this picture's size. */
  void begin(Picture first) {
    canvas.resize(first);
  }

  void close() {
    encodings.values().forEach(Encoding::close);
  }

  /** Writes what is ordered; false if there is nothing that the viewer wants. */
  boolean write(Order order) throws IOException {
    Abilities abilities = order.abilities();
    boolean resized =
        !canvas.fits(order.picture()) && (abilities.resizes() || abilities.resizesExtended());
    if (resized) {
      canvas.resize(order.picture());
    }
    List<Notice> notices = notices(order, resized);
    Picture picture =
        canvas.fits(order.picture()) ? order.picture() : canvas.fitted(order.picture());
    Rectangle part = order.request().part().within(picture.width(), picture.height());
    if (!order.request().incremental()) {
      canvas.forget(part);
    }
    // a change of size comes alone: what it asks for next is of the new one
    List<Rectangle> changed = resized ? List.of() : canvas.update(picture, part);
    if (order.map()) {
      writeMap();
    }
    boolean any = !changed.isEmpty() || !notices.isEmpty() || !order.request().incremental();
    if (any) {
      out.writeShort(0);
      out.writeShort(notices.size() + changed.size());
      for (Notice notice : notices) {
        write(notice);
      }
      Encoding encoding = encodings.get(abilities.encoding());
      for (Rectangle rectangle : changed) {
        header(rectangle, encoding.number());
        encoding.encode(picture, rectangle, order.format(), out);
      }
    }
    out.flush();
    return any;
  }

  private List<Notice> notices(Order order, boolean resized) {
    Abilities abilities = order.abilities();
    int width = canvas.width();
    int height = canvas.height();
    List<Notice> notices = new ArrayList<>();
    if (order.announce() && abilities.keys()) {
      notices.add(new Notice(new Rectangle(0, 0, width, height), Abilities.QEMU_KEYS));
    }
    if (order.announce() && abilities.movements()) {
      notices.add(new Notice(new Rectangle(0, 0, width, height), Abilities.MOVEMENTS));
    }
    if (order.refuse()) {
      Rectangle why = new Rectangle(OWN_WISH, PROHIBITED, width, height);
      notices.add(new Notice(why, Abilities.EXTENDED_DESKTOP_SIZE));
    }
    if (abilities.resizesExtended() && (order.announce() || resized)) {
      notices.add(new Notice(new Rectangle(0, 0, width, height), Abilities.EXTENDED_DESKTOP_SIZE));
    } else if (resized) {
      notices.add(new Notice(new Rectangle(0, 0, width, height), Abilities.DESKTOP_SIZE));
    }
    return notices;
  }

  private void write(Notice notice) throws IOException {
    header(notice.place, notice.kind);
    if (notice.kind == Abilities.EXTENDED_DESKTOP_SIZE) {
      // one screen, number 0, without flags
      out.writeInt(1 << 24);
      out.writeInt(0);
      out.writeInt(0);
      out.writeShort(notice.place.width());
      out.writeShort(notice.place.height());
      out.writeInt(0);
    }
  }

  private void header(Rectangle part, int kind) throws IOException {
    out.writeShort(part.x());
    out.writeShort(part.y());
    out.writeShort(part.width());
    out.writeShort(part.height());
    out.writeInt(kind);
  }

  private void writeMap() throws IOException {
    out.writeShort(1 << 8);
    out.writeShort(0);
    out.writeShort(PixelFormat.MAP);
    PixelFormat.writeMap(out);
  }
}
