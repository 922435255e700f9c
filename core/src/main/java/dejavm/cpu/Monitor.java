package dejavm.cpu;

import dejavm.memory.Mmu;

/**
 * MONITOR and MWAIT: waiting for a store to a line of memory.
 *
 * <p>The line itself is not watched. There is one processor, so between MONITOR and MWAIT only an
 * interrupt's handler or a device can store to it: an interrupt or exception that is delivered
 * disarms the monitor, and so does a transfer of a device, wherever it goes ({@link #stored}).
 * MWAIT with a monitor that is not armed does not wait, as the SDM allows; otherwise it idles as
 * HLT does, until an interrupt comes or a device stores. What the program itself stores after its
 * MONITOR does not count. There are no hints and no extensions. Source: SDM volume 2, MONITOR,
 * MWAIT; volume 3, section 8.10.4.
 */
public final class Monitor {
  private Monitor() {}

  /**
   * MONITOR.
   *
   * @param offset the address in RAX, cut to the address size
   */
  public static void monitor(Cpu c, int segment, long offset) {
    require(c);
    c.mmu.probe(c.linear(segment, offset, 1, false), 1, Mmu.READ);
    c.monitoring = true;
  }

  public static void mwait(Cpu c) {
    require(c);
    if (c.monitoring) {
      c.activity(Cpu.Activity.HALTED);
    }
  }

  /** A device stored to memory: wakes a processor that waits for that, and only such a one. */
  public static void stored(Cpu c) {
    if (c.monitoring) {
      c.monitoring = false;
      if (c.activity == Cpu.Activity.HALTED) {
        c.activity(Cpu.Activity.RUNNING);
      }
    }
  }

  /** Level 0 only; ECX asks for extensions, of which there are none. */
  private static void require(Cpu c) {
    if (c.cpl != 0) {
      throw Fault.ud();
    }
    if ((c.r[Cpu.RCX] & 0xFFFFFFFFL) != 0) {
      throw Fault.gp(0);
    }
  }
}
