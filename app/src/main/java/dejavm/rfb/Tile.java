package dejavm.rfb;

import dejavm.device.video.Picture;

/** A small part of a picture as an encoding looks at it: its points, and its colours. */
final class Tile {
  private final int[] points;
  private int width;
  private int height;

  // the first colours met, and how often each was
  private final int[] colours;
  private final int[] counts;
  private int colourCount;

  /**
   * @param side points in its longest line, and lines at most
   * @param most colours that are told apart
   */
  Tile(int side, int most) {
    points = new int[side * side];
    colours = new int[most];
    counts = new int[most];
  }

  void load(Picture picture, int left, int top, int wide, int high) {
    width = wide;
    height = high;
    colourCount = 0;
    int last = -1;
    int index = 0;
    for (int y = 0; y < high; y++) {
      for (int x = 0; x < wide; x++) {
        int rgb = picture.at(left + x, top + y);
        points[y * wide + x] = rgb;
        if (rgb != last) {
          index = learn(rgb);
          last = rgb;
        }
        if (index >= 0) {
          counts[index]++;
        }
      }
    }
  }

  /** The number of a colour, -1 where there are too many. */
  private int learn(int rgb) {
    int index = index(rgb);
    if (index < 0 && colourCount <= colours.length) {
      if (colourCount < colours.length) {
        index = colourCount;
        colours[index] = rgb;
        counts[index] = 0;
      }
      colourCount++;
    }
    return index;
  }

  /** The number of a colour of this tile. */
  int index(int rgb) {
    for (int i = 0; i < Math.min(colourCount, colours.length); i++) {
      if (colours[i] == rgb) {
        return i;
      }
    }
    return -1;
  }

  /** How many colours there are; one more than are told apart stands for all above. */
  int colourCount() {
    return colourCount;
  }

  int colour(int index) {
    return colours[index];
  }

  /** The colour that most points have, of those that are told apart. */
  int background() {
    int best = 0;
    for (int i = 1; i < Math.min(colourCount, colours.length); i++) {
      best = counts[i] > counts[best] ? i : best;
    }
    return colours[best];
  }

  int width() {
    return width;
  }

  int height() {
    return height;
  }

  /** The number of points. */
  int size() {
    return width * height;
  }

  /** A point, by its place in the lines from the top. */
  int at(int place) {
    return points[place];
  }
}
