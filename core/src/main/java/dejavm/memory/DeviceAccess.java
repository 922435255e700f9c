package dejavm.memory;

/** Accesses to device memory: what is not naturally aligned is split, in ascending order. */
final class DeviceAccess {
  private DeviceAccess() {}

  static long load(SystemBus bus, long physical, int size) {
    if ((physical & size - 1) == 0) {
      return bus.read(physical, size);
    }
    long value = 0;
    for (int i = 0; i < size; ) {
      int part = part(physical + i, size - i);
      value |= bus.read(physical + i, part) << 8 * i;
      i += part;
    }
    return value;
  }

  static void store(SystemBus bus, long physical, int size, long value) {
    for (int i = 0; i < size; ) {
      int part = part(physical + i, size - i);
      long bits = part == 8 ? -1 : (1L << 8 * part) - 1;
      bus.write(physical + i, part, value >>> 8 * i & bits);
      i += part;
    }
  }

  /** The largest aligned piece of an access that starts here. */
  private static int part(long physical, int left) {
    return (int) Math.min(Long.lowestOneBit(physical | 8), Integer.highestOneBit(left));
  }
}
