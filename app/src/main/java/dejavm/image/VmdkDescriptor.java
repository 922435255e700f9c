package dejavm.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A VMDK image as a whole: a text that lists its extents, one after the other, each in a file of
 * its own, or, where there is but one, in the same file as the text. Source: Virtual Disk Format
 * 5.0 (VMware).
 */
final class VmdkDescriptor {
  private static final String BEGIN = "# Disk DescriptorFile";
  private static final int MOST_BYTES = 1 << 20;
  private static final int SECTOR = 512;
  private static final Pattern EXTENT =
      Pattern.compile("(?:RW|RDONLY) (\\d+) (\\w+)(?: \"([^\"]+)\"(?: (\\d+))?)?\\s*");
  private static final Pattern PARENT = Pattern.compile("parentFileNameHint=\"([^\"]+)\"\\s*");

  private VmdkDescriptor() {}

  static boolean recognises(byte[] begin) {
    return new String(begin, StandardCharsets.ISO_8859_1).startsWith(BEGIN);
  }

  /** Opens an image by its text, which is a file of its own. */
  static DiskImage open(ImageFile file, int depth) throws IOException {
    byte[] text = new byte[(int) Math.min(file.length(), MOST_BYTES)];
    file.read(0, text, 0, text.length);
    DiskImage parent = parent(file, text, depth);
    List<Extent> extents = new ArrayList<>();
    long start = 0;
    for (String line : lines(text)) {
      Matcher extent = EXTENT.matcher(line);
      if (extent.matches()) {
        long length = Long.parseLong(extent.group(1)) * SECTOR;
        extents.add(extent(file, extent, start, length, parent));
        start += length;
      }
    }
    file.close();
    if (parent != null && extents.size() > 1) {
      throw new IOException("it has several extents over another image");
    }
    return new Extents(extents, start);
  }

  /** The image that one which is in the same file as its text is a layer over, or null. */
  static DiskImage parent(ImageFile file, int depth) throws IOException {
    long[] place = VmdkImage.descriptor(file);
    byte[] text = new byte[Math.clamp(place[1], 0, MOST_BYTES)];
    file.readUpToEnd(place[0], text, text.length);
    return place[0] == 0 ? null : parent(file, text, depth);
  }

  private static DiskImage parent(ImageFile file, byte[] text, int depth) throws IOException {
    for (String line : lines(text)) {
      Matcher parent = PARENT.matcher(line);
      if (parent.matches()) {
        return ImageFormat.open(file.beside(parent.group(1)), null, depth + 1);
      }
    }
    return null;
  }

  private static List<String> lines(byte[] text) {
    int end = 0;
    while (end < text.length && text[end] != 0) {
      end++;
    }
    return new String(text, 0, end, StandardCharsets.UTF_8).lines().toList();
  }

  private record Extent(long start, long length, long offset, DiskImage image) {}

  private static Extent extent(
      ImageFile file, Matcher line, long start, long length, DiskImage parent) throws IOException {
    String type = line.group(2);
    if (type.equals("ZERO")) {
      return new Extent(start, length, 0, null);
    }
    Path path = file.beside(line.group(3));
    long offset = line.group(4) == null ? 0 : Long.parseLong(line.group(4)) * SECTOR;
    DiskImage image =
        switch (type) {
          case "FLAT", "VMFS" -> new RawImage(new ImageFile(path, false));
          case "SPARSE" -> VmdkImage.open(new ImageFile(path, false), parent);
          default -> throw new IOException("extents of type " + type + " are not known");
        };
    if (image.length() < offset + length) {
      image.close();
      throw new IOException(path + " is too short");
    }
    return new Extent(start, length, offset, image);
  }

  /** Extents one after the other. */
  private record Extents(List<Extent> all, long length) implements DiskImage {
    @Override
    public void read(long position, byte[] into, int offset, int size) throws IOException {
      for (Extent extent : all) {
        long from = Math.max(position, extent.start);
        long to = Math.min(position + size, extent.start + extent.length);
        if (from < to) {
          int at = offset + (int) (from - position);
          int part = (int) (to - from);
          if (extent.image == null) {
            Arrays.fill(into, at, at + part, (byte) 0);
          } else {
            extent.image.read(from - extent.start + extent.offset, into, at, part);
          }
        }
      }
    }

    @Override
    public void close() throws IOException {
      for (Extent extent : all) {
        if (extent.image != null) {
          extent.image.close();
        }
      }
    }
  }
}
