package dejavm.machine;

import dejavm.bus.Clock;
import dejavm.bus.Mapped;
import dejavm.bus.Pin;
import dejavm.bus.Platform;
import dejavm.bus.Space;
import dejavm.memory.SystemBus;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends the CPU's accesses to the video adapter, which is inside the cpu boundary, and all others
 * on to the platform.
 */
final class Router implements Platform, SystemBus {
  private record Range(Space space, long first, long length, long offset) {}

  private final int cpu;
  private final Platform platform;
  private final List<Range> ranges = new ArrayList<>();
  private Clock clock;
  private Mapped videoPorts;
  private Mapped videoMemory;

  Router(int cpu, Platform platform) {
    this.cpu = cpu;
    this.platform = platform;
  }

  void connect(Clock newClock, Mapped ports, Mapped memory) {
    clock = newClock;
    videoPorts = ports;
    videoMemory = memory;
  }

  /** From now on a range is the adapter's, from this offset of its ports or memory on, or not. */
  void route(Space space, long first, long length, boolean video, long offset) {
    List<Range> kept = new ArrayList<>();
    for (Range range : ranges) {
      cut(range, space, first, first + length, kept);
    }
    ranges.clear();
    ranges.addAll(kept);
    if (video) {
      ranges.add(new Range(space, first, length, offset));
    }
  }

  /** Adds what is left of a range when another is taken out of it. */
  private static void cut(Range range, Space space, long from, long to, List<Range> kept) {
    long end = range.first + range.length;
    if (range.space != space || to <= range.first || from >= end) {
      kept.add(range);
      return;
    }
    if (range.first < from) {
      kept.add(new Range(space, range.first, from - range.first, range.offset));
    }
    if (to < end) {
      kept.add(new Range(space, to, end - to, range.offset + to - range.first));
    }
  }

  private Range video(Space space, long address) {
    for (int i = 0; i < ranges.size(); i++) {
      Range range = ranges.get(i);
      if (range.space == space && address >= range.first && address - range.first < range.length) {
        return range;
      }
    }
    return null;
  }

  private Mapped device(Space space) {
    return space == Space.PORT ? videoPorts : videoMemory;
  }

  @Override
  public long read(long now, int from, Space space, long address, int size) {
    Range range = video(space, address);
    if (range == null) {
      return platform.read(now, from, space, address, size);
    }
    return device(space).read((int) (address - range.first + range.offset), size);
  }

  @Override
  public void write(long now, int from, Space space, long address, int size, long value) {
    Range range = video(space, address);
    if (range == null) {
      platform.write(now, from, space, address, size, value);
    } else {
      device(space).write((int) (address - range.first + range.offset), size, value);
    }
  }

  @Override
  public long read(long physical, int size) {
    return read(clock.now(), cpu, Space.MEMORY, physical, size);
  }

  @Override
  public void write(long physical, int size, long value) {
    write(clock.now(), cpu, Space.MEMORY, physical, size, value);
  }

  @Override
  public int acknowledgeInterrupt(long now, int from) {
    return platform.acknowledgeInterrupt(now, from);
  }

  @Override
  public void pin(long now, int from, Pin pin, boolean level) {
    platform.pin(now, from, pin, level);
  }

  @Override
  public long horizon() {
    return platform.horizon();
  }

  @Override
  public void advance(long now) {
    platform.advance(now);
  }

  @Override
  public long idle(long now, long until) {
    return platform.idle(now, until);
  }
}
