package dejavm.machine;

import dejavm.bus.Mapped;
import dejavm.bus.Pin;
import dejavm.bus.Platform;
import dejavm.bus.Space;
import dejavm.bus.Visibility;
import dejavm.cpu.Cpu;
import dejavm.memory.SystemBus;
import java.util.ArrayList;
import java.util.List;

/**
 * Sends the CPU's accesses to the video adapter, which is inside the cpu boundary, and all others
 * on to the platform.
 */
final class Router implements Platform, SystemBus {
  private record Range(Space space, long first, long length, long offset) {}

  private final int id;
  private final Platform platform;
  private final List<Range> ordinary = new ArrayList<>();

  /** What system management mode sees. */
  private final List<Range> managed = new ArrayList<>();

  private Cpu cpu;
  private Mapped videoPorts;
  private Mapped videoMemory;

  Router(int id, Platform platform) {
    this.id = id;
    this.platform = platform;
  }

  void connect(Cpu newCpu, Mapped ports, Mapped memory) {
    cpu = newCpu;
    videoPorts = ports;
    videoMemory = memory;
  }

  /** From now on a range is the adapter's, from this offset of its ports or memory on, or not. */
  void route(
      Space space, long first, long length, boolean video, long offset, Visibility visibility) {
    if (visibility == Visibility.ALWAYS) {
      route(ordinary, space, first, length, video, offset);
    }
    route(managed, space, first, length, video, offset);
  }

  private static void route(
      List<Range> ranges, Space space, long first, long length, boolean video, long offset) {
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
    List<Range> ranges = cpu.smm ? managed : ordinary;
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
    return read(cpu.now(), id, Space.MEMORY, physical, size);
  }

  @Override
  public void write(long physical, int size, long value) {
    write(cpu.now(), id, Space.MEMORY, physical, size, value);
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
