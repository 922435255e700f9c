package dejavm.rfb;

import dejavm.device.video.Picture;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a viewer has been sent, so that it is sent no more than what differs from that. Differences
 * are looked for by tiles; neighbours are joined to rectangles.
 */
final class Canvas {
  private static final int TILE = 16;

  /** Lines of a rectangle at most: so nothing has to be buffered that is much larger. */
  private static final int BAND = ZrleEncoding.BAND;

  private int width;
  private int height;
  private int[] sent = {};

  /** Whether a picture is of the size that the viewer knows. */
  boolean fits(Picture picture) {
    return picture.width() == width && picture.height() == height;
  }

  /** From now on pictures have this size; nothing of them was sent. */
  void resize(Picture picture) {
    width = picture.width();
    height = picture.height();
    sent = new int[width * height];
    forget(new Rectangle(0, 0, width, height));
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** A picture of another size as a viewer gets it that knows none but its own: cut, or black. */
  Picture fitted(Picture picture) {
    int[] rgb = new int[width * height];
    int wide = Math.min(width, picture.width());
    for (int y = 0; y < Math.min(height, picture.height()); y++) {
      System.arraycopy(picture.rgb(), y * picture.width(), rgb, y * width, wide);
    }
    return new Picture(width, height, rgb);
  }

  /** The viewer does not have this part any more. */
  void forget(Rectangle part) {
    for (int y = part.y(); y < part.y() + part.height(); y++) {
      // no colour is negative
      Arrays.fill(sent, y * width + part.x(), y * width + part.x() + part.width(), -1);
    }
  }

  /** What differs from a picture within a part. The viewer is about to have it. */
  List<Rectangle> update(Picture picture, Rectangle part) {
    List<Rectangle> changed = new ArrayList<>();
    List<Rectangle> above = List.of();
    for (int y = part.y() / TILE * TILE; y < part.y() + part.height(); y += TILE) {
      List<Rectangle> row = new ArrayList<>();
      Rectangle line = clip(new Rectangle(0, y, TILE, TILE), part, false);
      for (int x = part.x() / TILE * TILE; x < part.x() + part.width(); x += TILE) {
        Rectangle tile = clip(new Rectangle(x, line.y(), TILE, line.height()), part, true);
        if (take(picture, tile)) {
          join(row, tile);
        }
      }
      above = stack(changed, above, row);
    }
    return changed;
  }

  /** A tile where it lies within a part: in its lines, or in its columns. */
  private static Rectangle clip(Rectangle tile, Rectangle part, boolean columns) {
    if (columns) {
      int left = Math.max(tile.x(), part.x());
      int right = Math.min(tile.x() + tile.width(), part.x() + part.width());
      return new Rectangle(left, tile.y(), right - left, tile.height());
    }
    int top = Math.max(tile.y(), part.y());
    int bottom = Math.min(tile.y() + tile.height(), part.y() + part.height());
    return new Rectangle(tile.x(), top, tile.width(), bottom - top);
  }

  /** Takes a tile of the picture; whether it differed. */
  private boolean take(Picture picture, Rectangle tile) {
    boolean differs = false;
    for (int y = tile.y(); y < tile.y() + tile.height(); y++) {
      int from = y * width + tile.x();
      int to = from + tile.width();
      if (!Arrays.equals(picture.rgb(), from, to, sent, from, to)) {
        System.arraycopy(picture.rgb(), from, sent, from, tile.width());
        differs = true;
      }
    }
    return differs;
  }

  /** Adds a tile to a row; to the one before where they touch. */
  private static void join(List<Rectangle> row, Rectangle tile) {
    if (!row.isEmpty()) {
      Rectangle last = row.getLast();
      if (last.x() + last.width() == tile.x()) {
        row.set(
            row.size() - 1,
            new Rectangle(last.x(), last.y(), last.width() + tile.width(), last.height()));
        return;
      }
    }
    row.add(tile);
  }

  /** Adds a row; to the rectangles above where all are as wide. What the next row may join. */
  private static List<Rectangle> stack(
      List<Rectangle> changed, List<Rectangle> above, List<Rectangle> row) {
    boolean joined = !row.isEmpty() && above.size() == row.size();
    for (int i = 0; joined && i < row.size(); i++) {
      Rectangle high = above.get(i);
      Rectangle low = row.get(i);
      joined =
          high.x() == low.x()
              && high.width() == low.width()
              && high.height() + low.height() <= BAND;
    }
    if (!joined) {
      changed.addAll(row);
      return row;
    }
    List<Rectangle> taller = new ArrayList<>();
    for (int i = 0; i < row.size(); i++) {
      Rectangle high = above.get(i);
      taller.add(
          new Rectangle(high.x(), high.y(), high.width(), high.height() + row.get(i).height()));
    }
    changed.subList(changed.size() - above.size(), changed.size()).clear();
    changed.addAll(taller);
    return taller;
  }
}
