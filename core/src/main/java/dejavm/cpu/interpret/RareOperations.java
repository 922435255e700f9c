package dejavm.cpu.interpret;

import static dejavm.cpu.interpret.Lowering.BASE;
import static dejavm.cpu.interpret.Lowering.FIVE;
import static dejavm.cpu.interpret.Lowering.OP_MASK;
import static dejavm.cpu.interpret.Lowering.REGISTER;

import dejavm.cpu.Alu;
import dejavm.cpu.Cpu;
import dejavm.cpu.Shifts;
import dejavm.memory.Mmu;

/**
 * The specialised operations for which there is no place in the block runners' loops, by one rule
 * for each family instead of a case for each width and form.
 *
 * <p>The compiler inlines into a method up to a size; what is seldom executed would take that room
 * from what is executed all the time.
 */
final class RareOperations {
  private final Cpu c;
  private final Mmu m;
  private final long[] r;

  RareOperations(Cpu cpu) {
    c = cpu;
    m = cpu.mmu;
    r = cpu.r;
  }

  /**
   * Executes an operation.
   *
   * @param w the first packed word
   * @param x the second: immediate, second register, condition or segment
   * @param at the address, or the offset in the segment
   */
  void execute(int w, int x, long at) {
    int op = w & OP_MASK;
    int d = w >>> REGISTER & FIVE;
    if (op < Op.WIDEN) {
      arithmetic(op, d, x, at);
    } else if (Op.isTwin(op)) {
      single(Op.narrow(op), 8, w, x, at);
    } else {
      single(op, 4, w, x, at);
    }
  }

  private void arithmetic(int op, int d, int x, long at) {
    int size = Op.size(op);
    int operation = Op.operation(op);
    switch (Op.form(op)) {
      case Op.RR -> toRegister(operation, d, r[x], size);
      case Op.RI -> toRegister(operation, d, x, size);
      case Op.RM -> toRegister(operation, d, m.load(at, size), size);
      case Op.MR -> toMemory(operation, at, r[d], size);
      default -> toMemory(operation, at, x, size);
    }
  }

  private void toRegister(int operation, int d, long source, int size) {
    long result = compute(operation, r[d], source, size);
    if (operation != Op.CMP && operation != Op.TEST) {
      Alu.write(c, d, result, size);
    }
  }

  private void toMemory(int operation, long at, long source, int size) {
    if (operation == Op.MOV) {
      m.store(at, size, source);
    } else if (operation == Op.CMP || operation == Op.TEST) {
      compute(operation, m.load(at, size), source, size);
    } else {
      long value = m.loadForWrite(at, size);
      m.store(at, size, compute(operation, value, source, size));
    }
  }

  private long compute(int operation, long a, long b, int size) {
    return switch (operation) {
      case Op.ADD -> Alu.add(c, a, b, size);
      case Op.OR -> Alu.logic(c, a | b, size);
      case Op.ADC -> Alu.adc(c, a, b, size);
      case Op.SBB -> Alu.sbb(c, a, b, size);
      case Op.AND, Op.TEST -> Alu.logic(c, a & b, size);
      case Op.SUB, Op.CMP -> Alu.sub(c, a, b, size);
      case Op.XOR -> Alu.logic(c, a ^ b, size);
      default -> b;
    };
  }

  private void single(int op, int size, int w, int x, long at) {
    int d = w >>> REGISTER & FIVE;
    switch (op) {
      case Op.MOVSX8_RR -> Alu.write(c, d, (byte) r[x], size);
      case Op.MOVSX8_RM -> Alu.write(c, d, (byte) m.load8(at), size);
      case Op.MOVSX16_RR -> Alu.write(c, d, (short) r[x], size);
      case Op.MOVSX16_RM -> Alu.write(c, d, (short) m.load16(at), size);
      case Op.INC_R -> Alu.write(c, d, Alu.inc(c, r[d], size), size);
      case Op.DEC_R -> Alu.write(c, d, Alu.dec(c, r[d], size), size);
      case Op.NEG_R -> Alu.write(c, d, Alu.sub(c, 0, r[d], size), size);
      case Op.NOT_R -> Alu.write(c, d, ~r[d], size);
      case Op.INC_M -> m.store(at, size, Alu.inc(c, m.loadForWrite(at, size), size));
      case Op.DEC_M -> m.store(at, size, Alu.dec(c, m.loadForWrite(at, size), size));
      case Op.INC_S, Op.DEC_S -> step(op, c.linear(x, at, size, true), size);
      case Op.MOV_SR -> c.store(x, at, size, r[d]);
      case Op.SHR_RC -> Alu.write(c, d, Shifts.shr(c, r[d], r[Cpu.RCX], size), size);
      case Op.SAR_RC -> Alu.write(c, d, Shifts.sar(c, r[d], r[Cpu.RCX], size), size);
      case Op.ROL_RI -> Alu.write(c, d, Shifts.rol(c, r[d], x, size), size);
      case Op.ROR_RI -> Alu.write(c, d, Shifts.ror(c, r[d], x, size), size);
      case Op.IMUL_RR -> Alu.write(c, d, Alu.imul(c, r[d], r[x], size), size);
      case Op.IMUL_RM -> Alu.write(c, d, Alu.imul(c, r[d], m.load(at, size), size), size);
      case Op.IMUL_RRI -> Alu.write(c, d, Alu.imul(c, r[w >>> BASE & FIVE], x, size), size);
      case Op.MUL_R -> Alu.mul(c, r[d], size);
      case Op.XCHG_RR -> exchange(d, x, size);
      case Op.CDQ -> Alu.write(c, Cpu.RDX, Alu.extend(r[Cpu.RAX], size) >> 63, size);
      case Op.CMOV_RM -> {
        long value = m.load(at, size);
        Alu.write(c, d, c.condition(x) ? value : r[d], size);
      }
      case Op.BT_RI -> Alu.carry(c, (r[d] >>> (x & 8 * size - 1) & 1) != 0);
      case Op.BT_MI -> Alu.carry(c, (m.load(at, size) >>> (x & 8 * size - 1) & 1) != 0);
      case Op.BSWAP -> Alu.write(c, d, Alu.bswap(r[d], size), size);
      default -> throughSegment(op, d, x, at, size);
    }
  }

  private void step(int op, long linear, int size) {
    long value = m.loadForWrite(linear, size);
    m.store(linear, size, op == Op.INC_S ? Alu.inc(c, value, size) : Alu.dec(c, value, size));
  }

  private void exchange(int d, int x, int size) {
    long value = r[d];
    Alu.write(c, d, r[x], size);
    Alu.write(c, x, value, size);
  }

  private void throughSegment(int op, int d, int segment, long at, int size) {
    if (op < Op.RS || op >= Op.RS + Op.OPERATIONS) {
      throw new IllegalStateException("no such operation");
    }
    toRegister(op - Op.RS, d, c.load(segment, at, size), size);
  }
}
