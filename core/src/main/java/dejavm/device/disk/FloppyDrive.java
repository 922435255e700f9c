package dejavm.device.disk;

import dejavm.bus.Derived;
import dejavm.bus.Disk;
import dejavm.bus.Stateful;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;

/**
 * A floppy drive: a motor, two heads on an arm, and the disk that is in.
 *
 * <p>The drive keeps saying that its disk may have been changed until the arm makes a step with a
 * disk in, even where it has not moved since power-on. What is written stays on a disk while it is
 * out. Marks of deleted sectors, which no image has room for, last as long as the machine.
 *
 * <p>Source: ANSI X3.80, the interface of floppy drives; Intel 82077AA datasheet, order no. 290166,
 * section 2.1.7.
 */
public final class FloppyDrive implements Stateful<FloppyDrive.State> {
  /**
   * The drive.
   *
   * @param disk which of the disks is in, or -1
   * @param cylinder where the heads are
   * @param changed whether the disk may have been changed since the arm last moved
   * @param faults pages of disks that cannot be read or kept: disk * 2^32 + page
   * @param deleted sectors of disks with a mark that they are deleted: disk * 2^32 + sector
   */
  public record State(
      int disk, int cylinder, boolean spinning, boolean changed, long[] faults, long[] deleted) {}

  /** Where the arm comes to a stop. */
  private static final int LAST_CYLINDER = 84;

  @Derived("wired once; what is written has a state of its own")
  private final List<OverlayDisk> disks;

  @Derived("the state lists it as an array")
  private final TreeSet<Long> faults = new TreeSet<>();

  @Derived("the state lists it as an array")
  private final TreeSet<Long> deleted = new TreeSet<>();

  private int disk;
  private int cylinder;
  private boolean spinning;
  private boolean changed = true;

  /**
   * A drive.
   *
   * @param disks those that can be put in; the first of them is in, if there is any
   */
  public FloppyDrive(List<OverlayDisk> disks) {
    this.disks = List.copyOf(disks);
    disk = disks.isEmpty() ? -1 : 0;
  }

  /** Puts in another disk, by its name, or none. */
  public void change(String name) {
    disk = -1;
    for (int i = 0; i < disks.size(); i++) {
      if (disks.get(i).name().equals(name)) {
        disk = i;
      }
    }
    changed = true;
  }

  /** The host cannot read or keep the page of the present disk that a sector is in. */
  public void fault(long sector) {
    faults.add(key(sector / Disk.PER_PAGE));
  }

  private long key(long number) {
    return (long) disk << 32 | number;
  }

  boolean faulty(long sector) {
    return faults.contains(key(sector / Disk.PER_PAGE));
  }

  boolean deleted(long sector) {
    return deleted.contains(key(sector));
  }

  /** Writes a sector with its mark; what was said of its page before stays true. */
  void write(long sector, byte[] bytes, boolean mark) {
    disks.get(disk).write(sector, 1, bytes, 0);
    if (mark) {
      deleted.add(key(sector));
    } else {
      deleted.remove(key(sector));
    }
  }

  void read(long sector, byte[] into) {
    disks.get(disk).read(sector, 1, into, 0);
  }

  /** What passes under the heads, or null: there must be a disk, and it must turn. */
  FloppyFormat passing() {
    return disk >= 0 && spinning ? FloppyFormat.of(disks.get(disk).sectors()) : null;
  }

  void motor(boolean on) {
    spinning = on;
  }

  /** Moves the arm as far as it goes; a step that only bumps is one too. */
  void step(int to) {
    if (disk >= 0 && to != cylinder) {
      changed = false;
    }
    cylinder = Math.clamp(to, 0, LAST_CYLINDER);
  }

  int cylinder() {
    return cylinder;
  }

  boolean changed() {
    return changed;
  }

  @Override
  public State state() {
    return new State(disk, cylinder, spinning, changed, array(faults), array(deleted));
  }

  private static long[] array(TreeSet<Long> set) {
    return set.stream().mapToLong(Long::longValue).toArray();
  }

  @Override
  public void restore(State state) {
    disk = state.disk;
    cylinder = state.cylinder;
    spinning = state.spinning;
    changed = state.changed;
    faults.clear();
    Arrays.stream(state.faults).forEach(faults::add);
    deleted.clear();
    Arrays.stream(state.deleted).forEach(deleted::add);
  }
}
