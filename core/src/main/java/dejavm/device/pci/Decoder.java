package dejavm.device.pci;

import dejavm.bus.Mapped;
import dejavm.bus.Space;

/** Who maps registers for functions on the bus: the board. */
@FunctionalInterface
public interface Decoder {
  /** The address of a region that is not decoded. */
  long NOWHERE = -1;

  /**
   * A region has moved. The guest chooses the address, so it may lie over that of another device.
   *
   * @param from where it was, or {@link #NOWHERE}
   * @param to where it is, or {@link #NOWHERE}
   */
  void moved(Space space, long from, long to, long length, Mapped device);
}
