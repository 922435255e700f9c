package dejavm.machine;

import dejavm.bus.Paged;
import dejavm.machine.boot.BootImage;
import java.util.Arrays;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The contents of memory at power-on, and again after each reset: pages of RAM that hold kernel,
 * initrd and tables, and the ROM. All other RAM is zero at power-on and is left alone by a reset.
 */
public final class InitialMemory {
  private final SortedMap<Integer, byte[]> pages;
  private final byte[] rom;

  /**
   * @param pages 4096 bytes each, by page number; kept, not copied
   * @param rom whole pages; ends at 4 GiB
   */
  public InitialMemory(SortedMap<Integer, byte[]> pages, byte[] rom) {
    this.pages = Collections.unmodifiableSortedMap(pages);
    this.rom = rom;
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
    return new InitialMemory(pages, image.rom());
  }

  public SortedMap<Integer, byte[]> pages() {
    return pages;
  }

  public byte[] rom() {
    return rom;
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
    };
  }

  /** The ROM as a recording stores it. */
  public Paged romPages() {
    return new Fixed(rom.length / Paged.PAGE) {
      @Override
      public void readPage(int page, byte[] into) {
        System.arraycopy(rom, page * PAGE, into, 0, PAGE);
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
