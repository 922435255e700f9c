package dejavm.device.pci;

import java.util.List;

/** Who maps registers for functions on the bus: the board. */
@FunctionalInterface
public interface Decoder {
  /** All regions that are decoded now, in the order of slots, after some have moved. */
  void placed(List<Placement> regions);
}
