package dejavm.cpu;

import dejavm.memory.Mmu;

/**
 * The stack: PUSH, POP and what is built of them. The width of the stack pointer is that of the
 * stack segment, not of the operand.
 */
public final class Stack {
  private Stack() {}

  /** The stack pointer {@code delta} bytes away, wrapped to the stack segment's width. */
  public static long pointer(Cpu c, long delta) {
    return c.r[Cpu.RSP] + delta & c.stackMask;
  }

  /** Sets the stack pointer, leaving the bits above the stack segment's width. */
  public static void setPointer(Cpu c, long value) {
    long mask = c.stackMask;
    c.r[Cpu.RSP] = mask == 0xFFFF ? c.r[Cpu.RSP] & ~mask | value & mask : value & mask;
  }

  public static void push(Cpu c, long value, int size) {
    long pointer = pointer(c, -size);
    c.store(Cpu.SS, pointer, size, value);
    setPointer(c, pointer);
  }

  /**
   * PUSH of a segment register: of 32 bits it accesses the lower half alone (SDM volume 2, PUSH;
   * the upper half may be in a page that is not there, as on Sapphire Rapids).
   */
  public static void pushSelector(Cpu c, long value, int size) {
    long pointer = pointer(c, -size);
    c.store(Cpu.SS, pointer, size == 4 ? 2 : size, value);
    setPointer(c, pointer);
  }

  public static long pop(Cpu c, int size) {
    long value = top(c, size);
    release(c, size);
    return value;
  }

  /** The value that POP would give, the stack pointer unchanged. */
  public static long top(Cpu c, int size) {
    return c.load(Cpu.SS, pointer(c, 0), size);
  }

  /**
   * Raises the fault that an access to the stack would.
   *
   * @param delta where, from the stack pointer
   * @param access {@link Mmu#READ} or {@link Mmu#WRITE}
   */
  public static void probe(Cpu c, long delta, int size, int access) {
    long linear = c.linear(Cpu.SS, pointer(c, delta), size, access == Mmu.WRITE);
    c.mmu.probe(linear, size, access);
  }

  public static void release(Cpu c, long bytes) {
    setPointer(c, pointer(c, bytes));
  }

  /** PUSHA: all eight registers, and SP as it was before. */
  public static void pushAll(Cpu c, int size) {
    for (int i = 0; i < 8; i++) {
      // Rights first, so that nothing is half pushed.
      probe(c, -(long) (i + 1) * size, size, Mmu.WRITE);
    }
    for (int i = 0; i < 8; i++) {
      c.store(Cpu.SS, pointer(c, -(long) (i + 1) * size), size, c.r[i]);
    }
    setPointer(c, pointer(c, -8L * size));
  }

  /** POPA: all registers but SP. */
  public static void popAll(Cpu c, int size) {
    for (int i = 0; i < 8; i++) {
      // Rights first: what is read may be a device.
      probe(c, (long) i * size, size, Mmu.READ);
    }
    long[] values = new long[8];
    for (int i = 0; i < 8; i++) {
      values[i] = c.load(Cpu.SS, pointer(c, (long) (7 - i) * size), size);
    }
    for (int i = 0; i < 8; i++) {
      if (i != Cpu.RSP) {
        Alu.write(c, i, values[i], size);
      }
    }
    release(c, 8L * size);
  }

  /**
   * ENTER. The frame pointer is a stack pointer of the operand's size: with a 16-bit stack and
   * 32-bit operands it has the upper half of ESP, as test386 asks for. (A processor of 2023 borrows
   * from that half where SP wraps, which the SDM's description does not say.)
   *
   * @param bytes room for locals, 0 to 65535
   * @param level nesting level; its low five bits count
   */
  public static void enter(Cpu c, int bytes, int level, int size) {
    int depth = level & 31;
    long frame = c.r[Cpu.RSP] & ~c.stackMask | pointer(c, -size);
    long bp = c.r[Cpu.RBP];
    probe(c, -size, size, Mmu.WRITE);
    for (int i = 1; i < depth; i++) {
      c.mmu.probe(c.linear(Cpu.SS, display(c, i, size), size, false), size, Mmu.READ);
      probe(c, -(long) (i + 1) * size, size, Mmu.WRITE);
    }
    if (depth > 0) {
      probe(c, -(long) (depth + 1) * size, size, Mmu.WRITE);
    }
    long locals = -(long) (depth + 1) * size - bytes;
    probe(c, locals, size, Mmu.WRITE);
    long bottom = pointer(c, locals);
    c.store(Cpu.SS, pointer(c, -size), size, bp);
    for (int i = 1; i < depth; i++) {
      // One after the other: the frames may overlap.
      long outer = c.load(Cpu.SS, display(c, i, size), size);
      c.store(Cpu.SS, pointer(c, -(long) (i + 1) * size), size, outer);
    }
    if (depth > 0) {
      c.store(Cpu.SS, pointer(c, -(long) (depth + 1) * size), size, frame);
    }
    Alu.write(c, Cpu.RBP, frame, size);
    setPointer(c, bottom);
  }

  /** Where the frame pointer of a level stands in the frame that encloses. */
  private static long display(Cpu c, int level, int size) {
    return c.r[Cpu.RBP] - (long) level * size & c.stackMask;
  }

  public static void leave(Cpu c, int size) {
    long frame = c.r[Cpu.RBP] & c.stackMask;
    long value = c.load(Cpu.SS, frame, size);
    setPointer(c, frame + size);
    Alu.write(c, Cpu.RBP, value, size);
  }
}
