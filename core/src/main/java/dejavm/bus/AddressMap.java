package dejavm.bus;

import java.util.Map;
import java.util.TreeMap;

/**
 * Which device answers where in one space of addresses. Ranges never overlap; where nothing is
 * mapped, reads give all ones and writes vanish, as on a PC's buses. An access that straddles the
 * end of a range is split into bytes, ascending.
 */
public final class AddressMap {
  private record Range(long start, long length, Mapped device) {
    boolean holds(long address) {
      return address >= start && address - start < length;
    }
  }

  private final TreeMap<Long, Range> ranges = new TreeMap<>();
  private Range last;

  /**
   * Maps a device.
   *
   * @throws IllegalArgumentException where the range overlaps another
   */
  public void map(long start, long length, Mapped device) {
    if (length <= 0 || !free(start, length)) {
      throw new IllegalArgumentException(
          "range %x+%x is empty or overlaps another".formatted(start, length));
    }
    ranges.put(start, new Range(start, length, device));
  }

  /** Whether nothing is mapped in a range. */
  public boolean free(long start, long length) {
    Map.Entry<Long, Range> below = ranges.lowerEntry(start + length);
    return below == null || below.getValue().start + below.getValue().length <= start;
  }

  /** Takes away the range that starts here, if it is this device's. */
  public void unmap(long start, Mapped device) {
    Range range = ranges.get(start);
    if (range != null && range.device == device) {
      ranges.remove(start);
      last = null;
    }
  }

  public long read(long address, int size) {
    Range range = find(address);
    if (range != null && range.holds(address + size - 1)) {
      return range.device.read((int) (address - range.start), size);
    }
    if (size == 1) {
      return 0xFF;
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= read(address + i, 1) << 8 * i;
    }
    return value;
  }

  public void write(long address, int size, long value) {
    Range range = find(address);
    if (range != null && range.holds(address + size - 1)) {
      range.device.write((int) (address - range.start), size, value);
    } else if (size > 1) {
      for (int i = 0; i < size; i++) {
        write(address + i, 1, value >>> 8 * i & 0xFF);
      }
    }
  }

  private Range find(long address) {
    Range range = last;
    if (range == null || !range.holds(address)) {
      Map.Entry<Long, Range> entry = ranges.floorEntry(address);
      range = entry == null || !entry.getValue().holds(address) ? null : entry.getValue();
      if (range != null) {
        last = range;
      }
    }
    return range;
  }
}
