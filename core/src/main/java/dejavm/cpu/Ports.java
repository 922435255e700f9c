package dejavm.cpu;

import dejavm.bus.Space;

/**
 * Access to I/O ports, the CPU's side. An access costs time beyond the instruction's own, as on an
 * ISA bus, and the engine must look at its horizon after it.
 */
public final class Ports {
  private Ports() {}

  /** Reads a port; the right to do so is checked already. Unaligned accesses are not split. */
  public static long read(Cpu c, int port, int size) {
    long value = c.platform.read(c.now(), c.id, Space.PORT, port, size);
    charge(c, port, size);
    return value;
  }

  public static void write(Cpu c, int port, int size, long value) {
    c.platform.write(c.now(), c.id, Space.PORT, port, size, Alu.truncate(value, size));
    charge(c, port, size);
  }

  private static void charge(Cpu c, int port, int size) {
    Breakpoints.onPort(c, port, size);
    c.nowBase += c.costs.portAccess();
    c.mmu.disturbed = true;
  }
}
