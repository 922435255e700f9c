package dejavm.cpu;

import dejavm.memory.Mmu;

/**
 * The string instructions, alone and repeated.
 *
 * <p>A repeated instruction is interruptible between iterations: each method executes as many as
 * the slice has ticks for and answers whether the instruction is complete. Every iteration but the
 * last advances time here; the engine accounts for the last one as it does for any instruction.
 * After an iteration that reached a device, or that disturbed the engine otherwise, the method
 * returns, so that interrupts are sampled.
 */
public final class Strings {
  /** Prefixes. */
  public static final int ONCE = 0;

  public static final int REP = 1;
  public static final int REPNE = 2;

  private Strings() {}

  /** What an instruction was decoded to: operand size, address size, source segment, prefix. */
  public record Form(int size, int addressSize, int segment, int repeat) {
    private long mask() {
      return addressSize == 8 ? -1 : (1L << 8 * addressSize) - 1;
    }
  }

  private static int step(Cpu c, int size) {
    return c.flag(Flags.DF) ? -size : size;
  }

  private static void advance(Cpu c, int register, long by, Form form) {
    Alu.write(c, register, c.r[register] + by, form.addressSize);
  }

  /**
   * Ends an iteration.
   *
   * @param iterations how many were done
   * @return whether the instruction is complete
   */
  private static boolean counted(Cpu c, Form form, long iterations) {
    long left = (c.r[Cpu.RCX] & form.mask()) - iterations;
    Alu.write(c, Cpu.RCX, left, form.addressSize);
    c.nowBase += left == 0 ? iterations - 1 : iterations;
    return left == 0;
  }

  private static boolean mustStop(Cpu c) {
    return c.mmu.disturbed || c.attention != 0 || c.now() >= c.until;
  }

  private static boolean empty(Cpu c, Form form) {
    if (form.repeat == ONCE || (c.r[Cpu.RCX] & form.mask()) != 0) {
      return false;
    }
    if (form.addressSize == 4) {
      // With a count of 0 an instruction with 32-bit addresses still clears the upper half of it.
      c.r[Cpu.RCX] = 0;
    }
    return true;
  }

  public static boolean movs(Cpu c, Form form) {
    if (empty(c, form)) {
      return true;
    }
    while (true) {
      long iterations = form.repeat == ONCE ? 0 : copyMany(c, form);
      if (iterations == 0) {
        long from = c.linear(form.segment, c.r[Cpu.RSI] & form.mask(), form.size, false);
        c.mmu.probe(from, form.size, Mmu.READ);
        // The destination's rights before the source is read: the source may be a device.
        long to = c.linear(Cpu.ES, c.r[Cpu.RDI] & form.mask(), form.size, true);
        c.mmu.probe(to, form.size, Mmu.WRITE);
        c.mmu.store(to, form.size, c.mmu.load(from, form.size));
        iterations = 1;
      }
      long by = iterations * step(c, form.size);
      advance(c, Cpu.RSI, by, form);
      advance(c, Cpu.RDI, by, form);
      if (form.repeat == ONCE || counted(c, form, iterations)) {
        return true;
      }
      if (mustStop(c)) {
        return false;
      }
    }
  }

  public static boolean stos(Cpu c, Form form) {
    if (empty(c, form)) {
      return true;
    }
    while (true) {
      long iterations = form.repeat == ONCE ? 0 : fillMany(c, form);
      if (iterations == 0) {
        c.store(Cpu.ES, c.r[Cpu.RDI] & form.mask(), form.size, c.r[Cpu.RAX]);
        iterations = 1;
      }
      advance(c, Cpu.RDI, iterations * step(c, form.size), form);
      if (form.repeat == ONCE || counted(c, form, iterations)) {
        return true;
      }
      if (mustStop(c)) {
        return false;
      }
    }
  }

  /** How many iterations can be done at once: within the slice, within a page. */
  private static long many(Cpu c, Form form, int segment, long offset, boolean write) {
    if (mustStop(c)) {
      return 0;
    }
    boolean down = c.flag(Flags.DF);
    long count = c.r[Cpu.RCX] & form.mask();
    // A count with the top bit set is a large one.
    count = count < 0 ? c.until - c.now() : Math.min(count, c.until - c.now());
    int inPage = (int) start(c, segment, offset) & 0xFFF;
    long left = down ? inPage / form.size + 1 : (4096 - inPage) / form.size;
    if (c.code64()) {
      boolean wraps = down ? offset < 0x1000 : offset > 0xFFFFF000L;
      return form.addressSize == 8 || !wraps ? Math.min(count, left) : 0;
    }
    long last = Math.min(c.high[segment], form.mask());
    if (offset < c.low[segment]
        || offset + form.size - 1 > last
        || !(write ? c.writable[segment] : c.readable[segment])) {
      return 0;
    }
    long room = down ? offset - c.low[segment] + form.size : last - offset + 1;
    return Math.min(count, Math.min(room / form.size, left));
  }

  /** The lowest address of some iterations at once. */
  private static long lowest(Cpu c, Form form, int segment, long offset, long count) {
    long start = start(c, segment, offset);
    return c.flag(Flags.DF) ? start - (count - 1) * form.size : start;
  }

  /** The linear address of an offset, not checked. */
  private static long start(Cpu c, int segment, long offset) {
    boolean based = !c.code64() || segment >= Cpu.FS;
    return c.wrap(based ? c.base[segment] + offset : offset);
  }

  private static long copyMany(Cpu c, Form form) {
    long source = c.r[Cpu.RSI] & form.mask();
    long target = c.r[Cpu.RDI] & form.mask();
    long count =
        Math.min(many(c, form, form.segment, source, false), many(c, form, Cpu.ES, target, true));
    if (count < 2) {
      return 0;
    }
    int length = (int) count * form.size;
    // Both pages may want the same entry of the translation cache, so each is asked for once.
    long from = reach(c, form, form.segment, source, count, Mmu.READ);
    long to = from < 0 ? -1 : reach(c, form, Cpu.ES, target, count, Mmu.WRITE);
    // Where the target overlaps the source ahead of it, the copy replicates: one by one.
    boolean down = c.flag(Flags.DF);
    boolean ahead = down ? to < from && from < to + length : to > from && to < from + length;
    if (from < 0 || to < 0 || ahead) {
      return 0;
    }
    c.mmu.memory().copy(from, to, length);
    return count;
  }

  /**
   * Where some iterations at once find their operands, as {@link Mmu#direct} has it; looked up as
   * the first iteration would, unless a device would have to be asked, which cannot be done twice.
   */
  private static long reach(Cpu c, Form form, int segment, long offset, long count, int access) {
    int length = (int) count * form.size;
    long lowest = lowest(c, form, segment, offset, count);
    long at = c.mmu.direct(lowest, length, access);
    if (at >= 0) {
      return at;
    }
    long first = c.linear(segment, offset, form.size, access == Mmu.WRITE);
    return c.mmu.admission().admit(first, form.size, access)
        ? c.mmu.direct(lowest, length, access)
        : -1;
  }

  private static long fillMany(Cpu c, Form form) {
    long target = c.r[Cpu.RDI] & form.mask();
    long count = many(c, form, Cpu.ES, target, true);
    if (count < 2) {
      return 0;
    }
    long to = reach(c, form, Cpu.ES, target, count, Mmu.WRITE);
    if (to < 0) {
      return 0;
    }
    c.mmu.memory().fill(to, (int) count * form.size, form.size, c.r[Cpu.RAX]);
    return count;
  }

  public static boolean lods(Cpu c, Form form) {
    if (empty(c, form)) {
      return true;
    }
    while (true) {
      long value = c.load(form.segment, c.r[Cpu.RSI] & form.mask(), form.size);
      Alu.write(c, Cpu.RAX, value, form.size);
      advance(c, Cpu.RSI, step(c, form.size), form);
      if (form.repeat == ONCE || counted(c, form, 1)) {
        return true;
      }
      if (mustStop(c)) {
        return false;
      }
    }
  }

  public static boolean cmps(Cpu c, Form form) {
    if (empty(c, form)) {
      return true;
    }
    while (true) {
      long first = c.linear(form.segment, c.r[Cpu.RSI] & form.mask(), form.size, false);
      long second = c.linear(Cpu.ES, c.r[Cpu.RDI] & form.mask(), form.size, false);
      c.mmu.probe(first, form.size, Mmu.READ);
      c.mmu.probe(second, form.size, Mmu.READ);
      long a = c.mmu.load(first, form.size);
      long b = c.mmu.load(second, form.size);
      int by = step(c, form.size);
      advance(c, Cpu.RSI, by, form);
      advance(c, Cpu.RDI, by, form);
      if (compared(c, form, a, b)) {
        return true;
      }
      if (mustStop(c)) {
        return false;
      }
    }
  }

  public static boolean scas(Cpu c, Form form) {
    if (empty(c, form)) {
      return true;
    }
    while (true) {
      long value = c.load(Cpu.ES, c.r[Cpu.RDI] & form.mask(), form.size);
      advance(c, Cpu.RDI, step(c, form.size), form);
      if (compared(c, form, Alu.truncate(c.r[Cpu.RAX], form.size), value)) {
        return true;
      }
      if (mustStop(c)) {
        return false;
      }
    }
  }

  /**
   * Ends an iteration of a comparison: also complete when its outcome says so. The flags are those
   * of the last iteration alone: while the instruction is not complete they stay as they were
   * before it (SDM volume 2, REP).
   */
  private static boolean compared(Cpu c, Form form, long a, long b) {
    boolean complete;
    if (form.repeat == ONCE) {
      complete = true;
    } else if ((a == b) == (form.repeat == REP)) {
      complete = counted(c, form, 1);
    } else {
      Alu.write(c, Cpu.RCX, (c.r[Cpu.RCX] & form.mask()) - 1, form.addressSize);
      complete = true;
    }
    if (complete) {
      Alu.sub(c, a, b, form.size);
    }
    return complete;
  }

  public static boolean ins(Cpu c, Form form) {
    int port = (int) c.r[Cpu.RDX] & 0xFFFF;
    SystemInstructions.checkPort(c, port, form.size);
    if (empty(c, form)) {
      return true;
    }
    long to = c.linear(Cpu.ES, c.r[Cpu.RDI] & form.mask(), form.size, true);
    c.mmu.probe(to, form.size, Mmu.WRITE);
    c.mmu.store(to, form.size, Ports.read(c, port, form.size));
    advance(c, Cpu.RDI, step(c, form.size), form);
    return form.repeat == ONCE || counted(c, form, 1);
  }

  public static boolean outs(Cpu c, Form form) {
    int port = (int) c.r[Cpu.RDX] & 0xFFFF;
    SystemInstructions.checkPort(c, port, form.size);
    if (empty(c, form)) {
      return true;
    }
    long value = c.load(form.segment, c.r[Cpu.RSI] & form.mask(), form.size);
    Ports.write(c, port, form.size, value);
    advance(c, Cpu.RSI, step(c, form.size), form);
    return form.repeat == ONCE || counted(c, form, 1);
  }
}
