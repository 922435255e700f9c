package dejavm.device.pci;

import dejavm.bus.Backing;
import dejavm.bus.Mapped;
import dejavm.bus.Space;

/**
 * Where a region of a function is now. The guest chooses the address, so it may lie over something
 * else.
 *
 * @param device what answers on the board
 * @param backing what answers inside the cpu boundary, or {@link Backing.Outside}
 */
public record Placement(Space space, long address, long length, Mapped device, Backing backing) {
  /** The address of a region that is not decoded. */
  public static final long NOWHERE = -1;

  /** Whether it is answered for inside the cpu boundary. */
  public boolean inside() {
    return !(backing instanceof Backing.Outside);
  }
}
