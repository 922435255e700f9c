package dejavm.machine;

import dejavm.bus.Paged;
import dejavm.machine.boot.BootImage;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The contents of memory at power-on, and again after each reset: pages of RAM that hold kernel,
 * initrd and tables, and the ROMs. All other RAM is zero at power-on and is left alone by a reset.
 */
public final class InitialMemory {
  /** Pages in 2 GiB, the most RAM that there can be. */
  private static final int MOST_PAGES = 1 << 19;

  private final SortedMap<Integer, byte[]> pages;
  private final byte[] rom;
  private final byte[] videoRom;

  /** Without a ROM of the video adapter's. */
  public InitialMemory(SortedMap<Integer, byte[]> pages, byte[] rom) {
    this(pages, rom, new byte[0]);
  }

  /**
   * @param pages 4096 bytes each, by page number; kept, not copied
   * @param rom whole pages; ends at 4 GiB
   * @param videoRom whole pages: the expansion ROM of the video adapter, empty for none
   */
  public InitialMemory(SortedMap<Integer, byte[]> pages, byte[] rom, byte[] videoRom) {
    this.pages = Collections.unmodifiableSortedMap(pages);
    this.rom = rom;
    this.videoRom = videoRom;
  }

  /** The pages that a boot image touches. */
  public static InitialMemory of(BootImage image) {
    TreeMap<Integer, byte[]> pages = new TreeMap<>();
    for (BootImage.Blob blob : image.blobs()) {
      byte[] bytes = blob.bytes();
      int done = 0;
      while (done < bytes.length) {
        long address = blob.address() + done;
        int inPage = (int) (address % Paged.PAGE);
        int length = Math.min(Paged.PAGE - inPage, bytes.length - done);
        byte[] page =
            pages.computeIfAbsent((int) (address / Paged.PAGE), number -> new byte[Paged.PAGE]);
        System.arraycopy(bytes, done, page, inPage, length);
        done += length;
      }
    }
    return new InitialMemory(pages, image.rom(), image.videoRom());
  }

  public SortedMap<Integer, byte[]> pages() {
    return pages;
  }

  /**
   * Those of the pages that hold zeros only, as ranges: {@code 110-11f,123}, in hexadecimal. A
   * recording leaves such pages out, yet a reset must clear them.
   */
  public String zeroPages() {
    byte[] zeros = new byte[Paged.PAGE];
    StringBuilder ranges = new StringBuilder();
    int first = -1;
    int last = -2;
    for (Map.Entry<Integer, byte[]> page : pages.entrySet()) {
      if (Arrays.equals(page.getValue(), zeros)) {
        if (page.getKey() != last + 1) {
          append(ranges, first, last);
          first = page.getKey();
        }
        last = page.getKey();
      }
    }
    append(ranges, first, last);
    return ranges.toString();
  }

  private static void append(StringBuilder ranges, int first, int last) {
    if (first >= 0) {
      ranges.append(ranges.isEmpty() ? "" : ",").append(Integer.toHexString(first));
      if (last > first) {
        ranges.append('-').append(Integer.toHexString(last));
      }
    }
  }

  /**
   * Adds pages of zeros.
   *
   * @param ranges as {@link #zeroPages} gives them
   * @throws IllegalArgumentException where they are not of that form
   */
  public static void addZeroPages(SortedMap<Integer, byte[]> pages, String ranges) {
    for (String range : ranges.isEmpty() ? new String[0] : ranges.split(",")) {
      String[] ends = range.split("-");
      int first = Integer.parseInt(ends[0], 16);
      int last = Integer.parseInt(ends[ends.length - 1], 16);
      if (ends.length > 2 || first < 0 || last < first || last >= MOST_PAGES) {
        throw new IllegalArgumentException("no range of pages: " + range);
      }
      for (int page = first; page <= last; page++) {
        pages.put(page, new byte[Paged.PAGE]);
      }
    }
  }

  public byte[] rom() {
    return rom;
  }

  public byte[] videoRom() {
    return videoRom;
  }

  /** These pages as a recording stores them: RAM of {@code count} pages. */
  public Paged ram(int count) {
    return new Fixed(count) {
      @Override
      public void readPage(int page, byte[] into) {
        byte[] bytes = pages.get(page);
        if (bytes == null) {
          Arrays.fill(into, (byte) 0);
        } else {
          System.arraycopy(bytes, 0, into, 0, PAGE);
        }
      }

      @Override
      public int nextStored(int from) {
        SortedMap<Integer, byte[]> rest = pages.tailMap(from);
        return rest.isEmpty() || rest.firstKey() >= count ? -1 : rest.firstKey();
      }
    };
  }

  /** The ROM as a recording stores it. */
  public Paged romPages() {
    return pages(rom);
  }

  /** The video adapter's ROM as a recording stores it. */
  public Paged videoRomPages() {
    return pages(videoRom);
  }

  private static Paged pages(byte[] bytes) {
    return new Fixed(bytes.length / Paged.PAGE) {
      @Override
      public void readPage(int page, byte[] into) {
        System.arraycopy(bytes, page * PAGE, into, 0, PAGE);
      }
    };
  }

  private abstract static class Fixed implements Paged {
    private final int count;

    Fixed(int count) {
      this.count = count;
    }

    @Override
    public int pages() {
      return count;
    }

    @Override
    public void writePage(int page, byte[] from) {
      throw new UnsupportedOperationException("initial memory does not change");
    }

    @Override
    public int nextDirty(int from) {
      return from < count ? from : -1;
    }

    @Override
    public void clean() {}
  }
}
