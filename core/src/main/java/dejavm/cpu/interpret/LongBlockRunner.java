package dejavm.cpu.interpret;

import static dejavm.cpu.interpret.Lowering.BASE;
import static dejavm.cpu.interpret.Lowering.FIVE;
import static dejavm.cpu.interpret.Lowering.INDEX;
import static dejavm.cpu.interpret.Lowering.OP_MASK;
import static dejavm.cpu.interpret.Lowering.REGISTER;
import static dejavm.cpu.interpret.Lowering.SCALE;

import dejavm.cpu.Alu;
import dejavm.cpu.Cpu;
import dejavm.cpu.Fault;
import dejavm.cpu.Shifts;
import dejavm.cpu.Transfers;
import dejavm.memory.Mmu;

/**
 * Executes blocks of predecoded 64-bit code; all else as {@link BlockRunner}, which tells more.
 *
 * <p>Addresses are not checked to be canonical: those that are not miss the translation cache, and
 * the page walker refuses them. Targets of jumps are checked here, since it is the jump that
 * faults; those of relative jumps need no check away from the edge of what is canonical ({@link
 * Transfers#atEdge}).
 */
final class LongBlockRunner implements Blocks.Runner {
  private static final long LOW = 0xFFFFFFFFL;
  private static final int WORDS = CodeCache.WORDS;

  private final Cpu cpu;
  private final CodeCache cache;
  private final Blocks blocks;
  private final RareOperations rare;

  LongBlockRunner(Cpu cpu, CodeCache cache, Blocks blocks) {
    this.cpu = cpu;
    this.cache = cache;
    this.blocks = blocks;
    rare = new RareOperations(cpu);
  }

  private static long address(int w, long[] r, int y) {
    return r[w >>> BASE & FIVE] + (r[w >>> INDEX & FIVE] << (w >>> SCALE & 3)) + y;
  }

  /** A target, which must be canonical. */
  private static long canonical(long target) {
    if (target << 16 >> 16 != target) {
      throw Fault.gp(0);
    }
    return target;
  }

  /** Executes a block's instructions, some of which may be left over; returns where it ended. */
  @Override
  public int execute(int first, int end) {
    Cpu c = cpu;
    long[] r = c.r;
    Mmu m = c.mmu;
    int[] code = cache.code;
    r[Cpu.ANCHOR] = blocks.start;
    int pc = first;
    int distance;
    sequence:
    {
      while (pc < end) {
        c.cursor = pc;
        int w = code[pc];
        int d = w >>> REGISTER & FIVE;
        int x = code[pc + 1];
        int y = code[pc + 2];
        switch (w & OP_MASK) {
          case Op.GENERIC -> {
            blocks.generic(pc);
          }
          case Op.GENERIC_END -> {
            blocks.leave = true;
            if (!blocks.generic(pc)) {
              return pc;
            }
            c.rip = c.nextRip;
            return pc + WORDS;
          }
          case Op.RR + Op.ADD -> {
            r[d] = Alu.add32(c, (int) r[d], (int) r[x]) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.RI + Op.ADD -> {
            r[d] = Alu.add32(c, (int) r[d], x) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.RM + Op.ADD -> {
            r[d] = Alu.add32(c, (int) r[d], m.load32(address(w, r, y))) & LOW;
          }
          case Op.MR + Op.ADD -> {
            long at = address(w, r, y);
            int v = (int) m.loadForWrite(at, 4);
            m.store32(at, Alu.add32(c, v, (int) r[d]));
          }
          case Op.RR + Op.OR -> {
            r[d] = Alu.logic32(c, (int) r[d] | (int) r[x]) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.RI + Op.OR -> {
            r[d] = Alu.logic32(c, (int) r[d] | x) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.RR + Op.SBB -> {
            r[d] = Alu.sbb32(c, (int) r[d], (int) r[x]) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.RR + Op.AND -> {
            r[d] = Alu.logic32(c, (int) r[d] & (int) r[x]) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.RI + Op.AND -> {
            r[d] = Alu.logic32(c, (int) r[d] & x) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.RM + Op.AND -> {
            r[d] = Alu.logic32(c, (int) r[d] & m.load32(address(w, r, y))) & LOW;
          }
          case Op.RR + Op.SUB -> {
            r[d] = Alu.sub32(c, (int) r[d], (int) r[x]) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.RI + Op.SUB -> {
            r[d] = Alu.sub32(c, (int) r[d], x) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.RM + Op.SUB -> {
            r[d] = Alu.sub32(c, (int) r[d], m.load32(address(w, r, y))) & LOW;
          }
          case Op.RR + Op.XOR -> {
            r[d] = Alu.logic32(c, (int) r[d] ^ (int) r[x]) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.RI + Op.XOR -> {
            r[d] = Alu.logic32(c, (int) r[d] ^ x) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.RM + Op.XOR -> {
            r[d] = Alu.logic32(c, (int) r[d] ^ m.load32(address(w, r, y))) & LOW;
          }
          case Op.RR + Op.CMP -> {
            Alu.sub32(c, (int) r[d], (int) r[x]);
            pc += WORDS;
            continue;
          }
          case Op.RI + Op.CMP -> {
            Alu.sub32(c, (int) r[d], x);
            pc += WORDS;
            continue;
          }
          case Op.RM + Op.CMP -> {
            Alu.sub32(c, (int) r[d], m.load32(address(w, r, y)));
          }
          case Op.MR + Op.CMP -> {
            Alu.sub32(c, m.load32(address(w, r, y)), (int) r[d]);
          }
          case Op.MI + Op.CMP -> {
            Alu.sub32(c, m.load32(address(w, r, y)), x);
          }
          case Op.RR + Op.TEST -> {
            Alu.logic32(c, (int) r[d] & (int) r[x]);
            pc += WORDS;
            continue;
          }
          case Op.RI + Op.TEST -> {
            Alu.logic32(c, (int) r[d] & x);
            pc += WORDS;
            continue;
          }
          case Op.RR + Op.MOV -> {
            r[d] = r[x] & LOW;
            pc += WORDS;
            continue;
          }
          case Op.RI + Op.MOV -> {
            r[d] = x & LOW;
            pc += WORDS;
            continue;
          }
          case Op.RM + Op.MOV -> {
            r[d] = m.load32(address(w, r, y)) & LOW;
          }
          case Op.MR + Op.MOV -> {
            m.store32(address(w, r, y), (int) r[d]);
          }
          case Op.MI + Op.MOV -> {
            m.store32(address(w, r, y), x);
          }
          case Op.QRR + Op.ADD -> {
            r[d] = Alu.add64(c, r[d], r[x]);
            pc += WORDS;
            continue;
          }
          case Op.QRI + Op.ADD -> {
            r[d] = Alu.add64(c, r[d], x);
            pc += WORDS;
            continue;
          }
          case Op.QRM + Op.ADD -> {
            r[d] = Alu.add64(c, r[d], m.load64(address(w, r, y)));
          }
          case Op.QRR + Op.OR -> {
            r[d] = Alu.logic64(c, r[d] | r[x]);
            pc += WORDS;
            continue;
          }
          case Op.QRR + Op.AND -> {
            r[d] = Alu.logic64(c, r[d] & r[x]);
            pc += WORDS;
            continue;
          }
          case Op.QRI + Op.AND -> {
            r[d] = Alu.logic64(c, r[d] & x);
            pc += WORDS;
            continue;
          }
          case Op.QRR + Op.SUB -> {
            r[d] = Alu.sub64(c, r[d], r[x]);
            pc += WORDS;
            continue;
          }
          case Op.QRI + Op.SUB -> {
            r[d] = Alu.sub64(c, r[d], x);
            pc += WORDS;
            continue;
          }
          case Op.QRM + Op.SUB -> {
            r[d] = Alu.sub64(c, r[d], m.load64(address(w, r, y)));
          }
          case Op.QRR + Op.XOR -> {
            r[d] = Alu.logic64(c, r[d] ^ r[x]);
            pc += WORDS;
            continue;
          }
          case Op.QRR + Op.CMP -> {
            Alu.sub64(c, r[d], r[x]);
            pc += WORDS;
            continue;
          }
          case Op.QRI + Op.CMP -> {
            Alu.sub64(c, r[d], x);
            pc += WORDS;
            continue;
          }
          case Op.QRM + Op.CMP -> {
            Alu.sub64(c, r[d], m.load64(address(w, r, y)));
          }
          case Op.QMR + Op.CMP -> {
            Alu.sub64(c, m.load64(address(w, r, y)), r[d]);
          }
          case Op.QMI + Op.CMP -> {
            Alu.sub64(c, m.load64(address(w, r, y)), x);
          }
          case Op.QRR + Op.TEST -> {
            Alu.logic64(c, r[d] & r[x]);
            pc += WORDS;
            continue;
          }
          case Op.QRR + Op.MOV -> {
            r[d] = r[x];
            pc += WORDS;
            continue;
          }
          case Op.QRI + Op.MOV -> {
            r[d] = x;
            pc += WORDS;
            continue;
          }
          case Op.QRM + Op.MOV -> {
            r[d] = m.load64(address(w, r, y));
          }
          case Op.QMR + Op.MOV -> {
            m.store64(address(w, r, y), r[d]);
          }
          case Op.QMI + Op.MOV -> {
            m.store64(address(w, r, y), x);
          }
          case Op.BRR + Op.MOV -> {
            r[d] = r[d] & ~0xFFL | r[x] & 0xFF;
            pc += WORDS;
            continue;
          }
          case Op.BRI + Op.MOV -> {
            r[d] = r[d] & ~0xFFL | x & 0xFF;
            pc += WORDS;
            continue;
          }
          case Op.BRM + Op.MOV -> {
            r[d] = r[d] & ~0xFFL | m.load8(address(w, r, y)) & 0xFF;
          }
          case Op.BMR + Op.MOV -> {
            m.store8(address(w, r, y), (int) r[d]);
          }
          case Op.BMI + Op.MOV -> {
            m.store8(address(w, r, y), x);
          }
          case Op.BRR + Op.CMP -> {
            Alu.sub(c, r[d], r[x], 1);
            pc += WORDS;
            continue;
          }
          case Op.BRI + Op.CMP -> {
            Alu.sub(c, r[d], x, 1);
            pc += WORDS;
            continue;
          }
          case Op.BRM + Op.CMP -> {
            Alu.sub(c, r[d], m.load8(address(w, r, y)), 1);
          }
          case Op.BMR + Op.CMP -> {
            Alu.sub(c, m.load8(address(w, r, y)), r[d], 1);
          }
          case Op.BMI + Op.CMP -> {
            Alu.sub(c, m.load8(address(w, r, y)), x, 1);
          }
          case Op.BRR + Op.TEST -> {
            Alu.logic(c, r[d] & r[x], 1);
            pc += WORDS;
            continue;
          }
          case Op.BRI + Op.TEST -> {
            Alu.logic(c, r[d] & x, 1);
            pc += WORDS;
            continue;
          }
          case Op.BMI + Op.TEST -> {
            Alu.logic(c, m.load8(address(w, r, y)) & x, 1);
          }
          case Op.WRM + Op.MOV -> {
            r[d] = r[d] & ~0xFFFFL | m.load16(address(w, r, y)) & 0xFFFF;
          }
          case Op.WMR + Op.MOV -> {
            m.store16(address(w, r, y), (int) r[d]);
          }
          case Op.MOVZX8_RR -> {
            r[d] = r[x] & 0xFF;
            pc += WORDS;
            continue;
          }
          case Op.MOVZX8_RM -> {
            r[d] = m.load8(address(w, r, y));
          }
          case Op.MOVZX16_RR -> {
            r[d] = r[x] & 0xFFFF;
            pc += WORDS;
            continue;
          }
          case Op.MOVZX16_RM -> {
            r[d] = m.load16(address(w, r, y));
          }
          case Op.LEA -> {
            r[d] = address(w, r, y) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.INC_R -> {
            r[d] = Alu.inc32(c, (int) r[d]) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.DEC_R -> {
            r[d] = Alu.dec32(c, (int) r[d]) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.NEG_R -> {
            r[d] = Alu.sub32(c, 0, (int) r[d]) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.NOT_R -> {
            r[d] = ~r[d] & LOW;
            pc += WORDS;
            continue;
          }
          case Op.SHL_RI -> {
            r[d] = Shifts.shl32(c, (int) r[d], x) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.SHL_RC -> {
            r[d] = Shifts.shl32(c, (int) r[d], (int) r[Cpu.RCX]) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.SHR_RI -> {
            r[d] = Shifts.shr32(c, (int) r[d], x) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.SHR_RC -> {
            r[d] = Shifts.shr32(c, (int) r[d], (int) r[Cpu.RCX]) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.SHR16_RI -> {
            r[d] = r[d] & ~0xFFFFL | Shifts.shr(c, r[d], x, 2);
            pc += WORDS;
            continue;
          }
          case Op.SAR_RI -> {
            r[d] = Shifts.sar32(c, (int) r[d], x) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.ROL_RI -> {
            r[d] = Shifts.rol32(c, (int) r[d], x) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.ROR_RI -> {
            r[d] = Shifts.ror32(c, (int) r[d], x) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.IMUL_RR -> {
            r[d] = Alu.imul32(c, (int) r[d], (int) r[x]) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.NOP -> {
            pc += WORDS;
            continue;
          }
          case Op.CMOV_RR -> {
            r[d] = (c.condition(x) ? r[w >>> BASE & FIVE] : r[d]) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.SET_R -> {
            r[d] = r[d] & ~0xFFL | (c.condition(x) ? 1 : 0);
            pc += WORDS;
            continue;
          }
          case Op.BSWAP -> {
            r[d] = Integer.reverseBytes((int) r[d]) & LOW;
            pc += WORDS;
            continue;
          }
          case Op.QLEA -> {
            r[d] = address(w, r, y);
            pc += WORDS;
            continue;
          }
          case Op.QINC_R -> {
            r[d] = Alu.inc64(c, r[d]);
            pc += WORDS;
            continue;
          }
          case Op.QSHL_RI -> {
            r[d] = Shifts.shl64(c, r[d], x);
            pc += WORDS;
            continue;
          }
          case Op.QSHL_RC -> {
            r[d] = Shifts.shl64(c, r[d], (int) r[Cpu.RCX]);
            pc += WORDS;
            continue;
          }
          case Op.QSHR_RI -> {
            r[d] = Shifts.shr64(c, r[d], x);
            pc += WORDS;
            continue;
          }
          case Op.QSAR_RI -> {
            r[d] = Shifts.sar64(c, r[d], x);
            pc += WORDS;
            continue;
          }
          case Op.QCMOV_RR -> {
            if (c.condition(x)) {
              r[d] = r[w >>> BASE & FIVE];
            }
            pc += WORDS;
            continue;
          }
          case Op.PUSH_R -> {
            long sp = r[Cpu.RSP] - 8;
            m.store64(sp, r[d]);
            r[Cpu.RSP] = sp;
          }
          case Op.PUSH_I -> {
            long sp = r[Cpu.RSP] - 8;
            m.store64(sp, x);
            r[Cpu.RSP] = sp;
          }
          case Op.PUSH_M -> {
            long at = address(w, r, y);
            long sp = r[Cpu.RSP] - 8;
            m.probe(at, 8, Mmu.READ);
            m.probe(sp, 8, Mmu.WRITE);
            m.store64(sp, m.load64(at));
            r[Cpu.RSP] = sp;
          }
          case Op.POP_R -> {
            long sp = r[Cpu.RSP];
            long v = m.load64(sp);
            r[Cpu.RSP] = sp + 8;
            r[d] = v;
          }
          case Op.LEAVE -> {
            long sp = r[Cpu.RBP];
            r[Cpu.RBP] = m.load64(sp);
            r[Cpu.RSP] = sp + 8;
          }
          case Op.RS + Op.MOV -> {
            r[d] = c.load(x, address(w, r, y), 4);
          }
          case Op.QRS + Op.MOV -> {
            r[d] = c.load(x, address(w, r, y), 8);
          }
          case Op.MOVSXD_RR -> {
            r[d] = (int) r[x];
            pc += WORDS;
            continue;
          }
          case Op.MOVSXD_RM -> {
            r[d] = m.load32(address(w, r, y));
          }
          case Op.JMP_I -> {
            distance = y;
            break sequence;
          }
          case Op.JMP_R -> {
            c.rip = canonical(r[d]);
            return pc + WORDS;
          }
          case Op.JMP_M -> {
            c.rip = canonical(m.load64(address(w, r, y)));
            return pc + WORDS;
          }
          case Op.CALL_I -> {
            long sp = r[Cpu.RSP] - 8;
            m.store64(sp, blocks.start + x);
            r[Cpu.RSP] = sp;
            distance = y;
            break sequence;
          }
          case Op.CALL_R -> {
            long target = r[d];
            long sp = r[Cpu.RSP] - 8;
            if (!Cpu.canonical(target)) {
              m.probe(sp, 8, Mmu.WRITE);
              throw Fault.gp(0);
            }
            m.store64(sp, blocks.start + x);
            r[Cpu.RSP] = sp;
            c.rip = target;
            return pc + WORDS;
          }
          case Op.CALL_M -> {
            long at = address(w, r, y);
            long sp = r[Cpu.RSP] - 8;
            m.probe(at, 8, Mmu.READ);
            m.probe(sp, 8, Mmu.WRITE);
            long target = canonical(m.load64(at));
            m.store64(sp, blocks.start + x);
            r[Cpu.RSP] = sp;
            c.rip = target;
            return pc + WORDS;
          }
          case Op.RET -> {
            long sp = r[Cpu.RSP];
            c.rip = canonical(m.load64(sp));
            r[Cpu.RSP] = sp + 8;
            return pc + WORDS;
          }
          case Op.RET_I -> {
            long sp = r[Cpu.RSP];
            c.rip = canonical(m.load64(sp));
            r[Cpu.RSP] = sp + 8 + x;
            return pc + WORDS;
          }
          case Op.JB -> {
            distance = c.cf() ? y : x;
            break sequence;
          }
          case Op.JZ -> {
            distance = c.flagResult == 0 ? y : x;
            break sequence;
          }
          case Op.JBE -> {
            distance = c.cf() || c.flagResult == 0 ? y : x;
            break sequence;
          }
          case Op.JCC -> {
            distance = c.condition(d) ? y : x;
            break sequence;
          }
          default -> rare.execute(w, x, address(w, r, y));
        }
        pc += WORDS;
        if (m.disturbed) {
          break;
        }
      }
      c.rip = blocks.start + (code[pc + 3] & 0xFFF);
      return pc;
    }
    c.rip = blocks.start + distance;
    return pc + WORDS;
  }
}
