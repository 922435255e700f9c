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
import dejavm.memory.Mmu;

/**
 * Runs predecoded code of 64-bit mode; all else as {@link BlockRunner}, which tells more.
 *
 * <p>Addresses are not checked to be canonical: those that are not miss the translation cache, and
 * the page walker refuses them. Targets of jumps are checked here, since it is the jump that
 * faults; those of relative jumps need no check away from the edge of what is canonical ({@link
 * Blocks#atEdge}).
 */
final class LongBlockRunner {
  private static final long LOW = 0xFFFFFFFFL;
  private static final int WORDS = CodeCache.WORDS;

  private final Cpu cpu;
  private final CodeCache cache;
  private final Blocks blocks;

  LongBlockRunner(Cpu cpu, CodeCache cache, Blocks blocks) {
    this.cpu = cpu;
    this.cache = cache;
    this.blocks = blocks;
  }

  private static long address(int w, long[] r, int displacement) {
    return r[w >>> BASE & FIVE] + (r[w >>> INDEX & FIVE] << (w >>> SCALE & 3)) + displacement;
  }

  /** A target, which must be canonical. */
  private static long canonical(long target) {
    if (target << 16 >> 16 != target) {
      throw Fault.gp(0);
    }
    return target;
  }

  /** Runs this block and those that follow it, until something needs the outer loop. */
  void run(int first) {
    Cpu c = cpu;
    long[] r = c.r;
    Mmu m = c.mmu;
    int[] code = cache.code;
    int block = first;
    long rip = c.rip;
    int budget = (int) Math.min(c.until - c.nowBase, Integer.MAX_VALUE >> 3) * WORDS;
    int spent = 0;
    boolean leave = false;
    while (true) {
      long start = rip;
      blocks.start = start;
      r[Cpu.ANCHOR] = start;
      int pc = block;
      int end = block + Math.min(code[block - 1], budget - spent);
      // So that the cursor counts all instructions since the bases were taken.
      c.cursorStart = block - spent;
      run:
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
              leave = true;
              if (blocks.generic(pc)) {
                pc += WORDS;
                rip = c.nextRip;
              } else {
                rip = c.rip;
              }
              break run;
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
            case Op.MI + Op.ADD -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.add32(c, v, x));
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
            case Op.RM + Op.OR -> {
              r[d] = Alu.logic32(c, (int) r[d] | m.load32(address(w, r, y))) & LOW;
            }
            case Op.MR + Op.OR -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.logic32(c, v | (int) r[d]));
            }
            case Op.MI + Op.OR -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.logic32(c, v | x));
            }
            case Op.RR + Op.ADC -> {
              r[d] = Alu.adc32(c, (int) r[d], (int) r[x]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RI + Op.ADC -> {
              r[d] = Alu.adc32(c, (int) r[d], x) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RM + Op.ADC -> {
              r[d] = Alu.adc32(c, (int) r[d], m.load32(address(w, r, y))) & LOW;
            }
            case Op.MR + Op.ADC -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.adc32(c, v, (int) r[d]));
            }
            case Op.MI + Op.ADC -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.adc32(c, v, x));
            }
            case Op.RR + Op.SBB -> {
              r[d] = Alu.sbb32(c, (int) r[d], (int) r[x]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RI + Op.SBB -> {
              r[d] = Alu.sbb32(c, (int) r[d], x) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RM + Op.SBB -> {
              r[d] = Alu.sbb32(c, (int) r[d], m.load32(address(w, r, y))) & LOW;
            }
            case Op.MR + Op.SBB -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.sbb32(c, v, (int) r[d]));
            }
            case Op.MI + Op.SBB -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.sbb32(c, v, x));
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
            case Op.MR + Op.AND -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.logic32(c, v & (int) r[d]));
            }
            case Op.MI + Op.AND -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.logic32(c, v & x));
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
            case Op.MR + Op.SUB -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.sub32(c, v, (int) r[d]));
            }
            case Op.MI + Op.SUB -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.sub32(c, v, x));
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
            case Op.MR + Op.XOR -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.logic32(c, v ^ (int) r[d]));
            }
            case Op.MI + Op.XOR -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.logic32(c, v ^ x));
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
            case Op.MR + Op.TEST -> {
              Alu.logic32(c, m.load32(address(w, r, y)) & (int) r[d]);
            }
            case Op.MI + Op.TEST -> {
              Alu.logic32(c, m.load32(address(w, r, y)) & x);
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
            case Op.QMR + Op.ADD -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.add64(c, v, r[d]));
            }
            case Op.QMI + Op.ADD -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.add64(c, v, x));
            }
            case Op.QRR + Op.OR -> {
              r[d] = Alu.logic64(c, r[d] | r[x]);
              pc += WORDS;
              continue;
            }
            case Op.QRI + Op.OR -> {
              r[d] = Alu.logic64(c, r[d] | x);
              pc += WORDS;
              continue;
            }
            case Op.QRM + Op.OR -> {
              r[d] = Alu.logic64(c, r[d] | m.load64(address(w, r, y)));
            }
            case Op.QMR + Op.OR -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.logic64(c, v | r[d]));
            }
            case Op.QMI + Op.OR -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.logic64(c, v | x));
            }
            case Op.QRR + Op.ADC -> {
              r[d] = Alu.adc64(c, r[d], r[x]);
              pc += WORDS;
              continue;
            }
            case Op.QRI + Op.ADC -> {
              r[d] = Alu.adc64(c, r[d], x);
              pc += WORDS;
              continue;
            }
            case Op.QRM + Op.ADC -> {
              r[d] = Alu.adc64(c, r[d], m.load64(address(w, r, y)));
            }
            case Op.QMR + Op.ADC -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.adc64(c, v, r[d]));
            }
            case Op.QMI + Op.ADC -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.adc64(c, v, x));
            }
            case Op.QRR + Op.SBB -> {
              r[d] = Alu.sbb64(c, r[d], r[x]);
              pc += WORDS;
              continue;
            }
            case Op.QRI + Op.SBB -> {
              r[d] = Alu.sbb64(c, r[d], x);
              pc += WORDS;
              continue;
            }
            case Op.QRM + Op.SBB -> {
              r[d] = Alu.sbb64(c, r[d], m.load64(address(w, r, y)));
            }
            case Op.QMR + Op.SBB -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.sbb64(c, v, r[d]));
            }
            case Op.QMI + Op.SBB -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.sbb64(c, v, x));
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
            case Op.QRM + Op.AND -> {
              r[d] = Alu.logic64(c, r[d] & m.load64(address(w, r, y)));
            }
            case Op.QMR + Op.AND -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.logic64(c, v & r[d]));
            }
            case Op.QMI + Op.AND -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.logic64(c, v & x));
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
            case Op.QMR + Op.SUB -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.sub64(c, v, r[d]));
            }
            case Op.QMI + Op.SUB -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.sub64(c, v, x));
            }
            case Op.QRR + Op.XOR -> {
              r[d] = Alu.logic64(c, r[d] ^ r[x]);
              pc += WORDS;
              continue;
            }
            case Op.QRI + Op.XOR -> {
              r[d] = Alu.logic64(c, r[d] ^ x);
              pc += WORDS;
              continue;
            }
            case Op.QRM + Op.XOR -> {
              r[d] = Alu.logic64(c, r[d] ^ m.load64(address(w, r, y)));
            }
            case Op.QMR + Op.XOR -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.logic64(c, v ^ r[d]));
            }
            case Op.QMI + Op.XOR -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.logic64(c, v ^ x));
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
            case Op.QRI + Op.TEST -> {
              Alu.logic64(c, r[d] & x);
              pc += WORDS;
              continue;
            }
            case Op.QMR + Op.TEST -> {
              Alu.logic64(c, m.load64(address(w, r, y)) & r[d]);
            }
            case Op.QMI + Op.TEST -> {
              Alu.logic64(c, m.load64(address(w, r, y)) & x);
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
            case Op.MOV8_RR -> {
              r[d] = r[d] & ~0xFFL | r[x] & 0xFF;
              pc += WORDS;
              continue;
            }
            case Op.MOV8_RI -> {
              r[d] = r[d] & ~0xFFL | x & 0xFF;
              pc += WORDS;
              continue;
            }
            case Op.MOV8_RM -> {
              r[d] = r[d] & ~0xFFL | m.load8(address(w, r, y)) & 0xFF;
            }
            case Op.MOV8_MR -> {
              m.store8(address(w, r, y), (int) r[d]);
            }
            case Op.MOV8_MI -> {
              m.store8(address(w, r, y), x);
            }
            case Op.CMP8_RR -> {
              Alu.sub(c, r[d], r[x], 1);
              pc += WORDS;
              continue;
            }
            case Op.CMP8_RI -> {
              Alu.sub(c, r[d], x, 1);
              pc += WORDS;
              continue;
            }
            case Op.CMP8_RM -> {
              Alu.sub(c, r[d], m.load8(address(w, r, y)), 1);
            }
            case Op.CMP8_MR -> {
              Alu.sub(c, m.load8(address(w, r, y)), r[d], 1);
            }
            case Op.CMP8_MI -> {
              Alu.sub(c, m.load8(address(w, r, y)), x, 1);
            }
            case Op.TEST8_RR -> {
              Alu.logic(c, r[d] & r[x], 1);
              pc += WORDS;
              continue;
            }
            case Op.TEST8_RI -> {
              Alu.logic(c, r[d] & x, 1);
              pc += WORDS;
              continue;
            }
            case Op.TEST8_MI -> {
              Alu.logic(c, m.load8(address(w, r, y)) & x, 1);
            }
            case Op.AND8_RI -> {
              r[d] = r[d] & ~0xFFL | Alu.logic(c, r[d] & x, 1) & 0xFF;
              pc += WORDS;
              continue;
            }
            case Op.OR8_RI -> {
              r[d] = r[d] & ~0xFFL | Alu.logic(c, r[d] | x, 1) & 0xFF;
              pc += WORDS;
              continue;
            }
            case Op.XOR8_RR -> {
              r[d] = r[d] & ~0xFFL | Alu.logic(c, r[d] ^ r[x], 1) & 0xFF;
              pc += WORDS;
              continue;
            }
            case Op.XOR8_RM -> {
              r[d] = r[d] & ~0xFFL | Alu.logic(c, r[d] ^ m.load8(address(w, r, y)), 1) & 0xFF;
            }
            case Op.MOV16_RM -> {
              r[d] = r[d] & ~0xFFFFL | m.load16(address(w, r, y)) & 0xFFFF;
            }
            case Op.MOV16_MR -> {
              m.store16(address(w, r, y), (int) r[d]);
            }
            case Op.MOV16_MI -> {
              m.store16(address(w, r, y), x);
            }
            case Op.CMP16_RM -> {
              Alu.sub(c, r[d], m.load16(address(w, r, y)), 2);
            }
            case Op.CMP16_MI -> {
              Alu.sub(c, m.load16(address(w, r, y)), x, 2);
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
            case Op.MOVSX8_RR -> {
              r[d] = (byte) r[x] & LOW;
              pc += WORDS;
              continue;
            }
            case Op.MOVSX8_RM -> {
              r[d] = (byte) m.load8(address(w, r, y)) & LOW;
            }
            case Op.MOVSX16_RR -> {
              r[d] = (short) r[x] & LOW;
              pc += WORDS;
              continue;
            }
            case Op.MOVSX16_RM -> {
              r[d] = (short) m.load16(address(w, r, y)) & LOW;
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
            case Op.INC_M -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.inc32(c, v));
            }
            case Op.DEC_M -> {
              long at = address(w, r, y);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.dec32(c, v));
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
            case Op.SAR_RI -> {
              r[d] = Shifts.sar32(c, (int) r[d], x) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.SAR_RC -> {
              r[d] = Shifts.sar32(c, (int) r[d], (int) r[Cpu.RCX]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.ROL_RI -> {
              r[d] = Shifts.rol(c, r[d], x, 4) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.ROR_RI -> {
              r[d] = Shifts.ror(c, r[d], x, 4) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.IMUL_RR -> {
              r[d] = Alu.imul32(c, (int) r[d], (int) r[x]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.IMUL_RM -> {
              r[d] = Alu.imul32(c, (int) r[d], m.load32(address(w, r, y))) & LOW;
            }
            case Op.IMUL_RRI -> {
              r[d] = Alu.imul32(c, (int) r[w >>> BASE & FIVE], x) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.MUL_R -> {
              Alu.mul32(c, (int) r[d]);
              pc += WORDS;
              continue;
            }
            case Op.XCHG_RR -> {
              long v = r[d] & LOW;
              r[d] = r[x] & LOW;
              r[x] = v;
              pc += WORDS;
              continue;
            }
            case Op.CDQ -> {
              r[Cpu.RDX] = (int) r[Cpu.RAX] >> 31 & LOW;
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
            case Op.CMOV_RM -> {
              long v = m.load32(address(w, r, y)) & LOW;
              r[d] = c.condition(x) ? v : r[d] & LOW;
            }
            case Op.SET_R -> {
              r[d] = r[d] & ~0xFFL | (c.condition(x) ? 1 : 0);
              pc += WORDS;
              continue;
            }
            case Op.BT_RI -> {
              Alu.carry(c, (r[d] >>> (x & 31) & 1) != 0);
              pc += WORDS;
              continue;
            }
            case Op.BSWAP -> {
              r[d] = Integer.reverseBytes((int) r[d]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.QMOVSX8_RR -> {
              r[d] = (byte) r[x];
              pc += WORDS;
              continue;
            }
            case Op.QMOVSX8_RM -> {
              r[d] = (byte) m.load8(address(w, r, y));
            }
            case Op.QMOVSX16_RR -> {
              r[d] = (short) r[x];
              pc += WORDS;
              continue;
            }
            case Op.QMOVSX16_RM -> {
              r[d] = (short) m.load16(address(w, r, y));
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
            case Op.QDEC_R -> {
              r[d] = Alu.dec64(c, r[d]);
              pc += WORDS;
              continue;
            }
            case Op.QNEG_R -> {
              r[d] = Alu.sub64(c, 0, r[d]);
              pc += WORDS;
              continue;
            }
            case Op.QNOT_R -> {
              r[d] = ~r[d];
              pc += WORDS;
              continue;
            }
            case Op.QINC_M -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.inc64(c, v));
            }
            case Op.QDEC_M -> {
              long at = address(w, r, y);
              long v = m.loadForWrite(at, 8);
              m.store64(at, Alu.dec64(c, v));
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
            case Op.QSHR_RC -> {
              r[d] = Shifts.shr64(c, r[d], (int) r[Cpu.RCX]);
              pc += WORDS;
              continue;
            }
            case Op.QSAR_RI -> {
              r[d] = Shifts.sar64(c, r[d], x);
              pc += WORDS;
              continue;
            }
            case Op.QSAR_RC -> {
              r[d] = Shifts.sar64(c, r[d], (int) r[Cpu.RCX]);
              pc += WORDS;
              continue;
            }
            case Op.QROL_RI -> {
              r[d] = Shifts.rol(c, r[d], x, 8);
              pc += WORDS;
              continue;
            }
            case Op.QROR_RI -> {
              r[d] = Shifts.ror(c, r[d], x, 8);
              pc += WORDS;
              continue;
            }
            case Op.QIMUL_RR -> {
              r[d] = Alu.imul(c, r[d], r[x], 8);
              pc += WORDS;
              continue;
            }
            case Op.QIMUL_RM -> {
              r[d] = Alu.imul(c, r[d], m.load64(address(w, r, y)), 8);
            }
            case Op.QIMUL_RRI -> {
              r[d] = Alu.imul(c, r[w >>> BASE & FIVE], x, 8);
              pc += WORDS;
              continue;
            }
            case Op.QMUL_R -> {
              Alu.mul(c, r[d], 8);
              pc += WORDS;
              continue;
            }
            case Op.QXCHG_RR -> {
              long v = r[d];
              r[d] = r[x];
              r[x] = v;
              pc += WORDS;
              continue;
            }
            case Op.QCDQ -> {
              r[Cpu.RDX] = r[Cpu.RAX] >> 63;
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
            case Op.QCMOV_RM -> {
              long v = m.load64(address(w, r, y));
              if (c.condition(x)) {
                r[d] = v;
              }
            }
            case Op.QBT_RI -> {
              Alu.carry(c, (r[d] >>> (x & 63) & 1) != 0);
              pc += WORDS;
              continue;
            }
            case Op.QBSWAP -> {
              r[d] = Long.reverseBytes(r[d]);
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
            case Op.MOV_RS -> {
              r[d] = c.load(x, address(w, r, y), 4);
            }
            case Op.MOV_SR -> {
              c.store(x, address(w, r, y), 4, r[d]);
            }
            case Op.QMOV_RS -> {
              r[d] = c.load(x, address(w, r, y), 8);
            }
            case Op.QMOV_SR -> {
              c.store(x, address(w, r, y), 8, r[d]);
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
              rip = start + y;
              pc += WORDS;
              break run;
            }
            case Op.JMP_R -> {
              rip = canonical(r[d]);
              pc += WORDS;
              break run;
            }
            case Op.JMP_M -> {
              rip = canonical(m.load64(address(w, r, y)));
              pc += WORDS;
              break run;
            }
            case Op.CALL_I -> {
              long sp = r[Cpu.RSP] - 8;
              m.store64(sp, start + x);
              r[Cpu.RSP] = sp;
              rip = start + y;
              pc += WORDS;
              break run;
            }
            case Op.CALL_R -> {
              long target = r[d];
              long sp = r[Cpu.RSP] - 8;
              if (!Cpu.canonical(target)) {
                m.probe(sp, 8, Mmu.WRITE);
                throw Fault.gp(0);
              }
              m.store64(sp, start + x);
              r[Cpu.RSP] = sp;
              rip = target;
              pc += WORDS;
              break run;
            }
            case Op.CALL_M -> {
              long at = address(w, r, y);
              long sp = r[Cpu.RSP] - 8;
              m.probe(at, 8, Mmu.READ);
              m.probe(sp, 8, Mmu.WRITE);
              long target = canonical(m.load64(at));
              m.store64(sp, start + x);
              r[Cpu.RSP] = sp;
              rip = target;
              pc += WORDS;
              break run;
            }
            case Op.RET -> {
              long sp = r[Cpu.RSP];
              rip = canonical(m.load64(sp));
              r[Cpu.RSP] = sp + 8;
              pc += WORDS;
              break run;
            }
            case Op.RET_I -> {
              long sp = r[Cpu.RSP];
              rip = canonical(m.load64(sp));
              r[Cpu.RSP] = sp + 8 + x;
              pc += WORDS;
              break run;
            }
            case Op.JCC -> {
              rip = start + (c.of() ? y : x);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 1 -> {
              rip = start + (c.of() ? x : y);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 2 -> {
              rip = start + (c.cf() ? y : x);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 3 -> {
              rip = start + (c.cf() ? x : y);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 4 -> {
              rip = start + (c.flagResult == 0 ? y : x);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 5 -> {
              rip = start + (c.flagResult == 0 ? x : y);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 6 -> {
              rip = start + (c.cf() || c.flagResult == 0 ? y : x);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 7 -> {
              rip = start + (c.cf() || c.flagResult == 0 ? x : y);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 8 -> {
              rip = start + (c.sf() ? y : x);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 9 -> {
              rip = start + (c.sf() ? x : y);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 10 -> {
              rip = start + (c.pf() ? y : x);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 11 -> {
              rip = start + (c.pf() ? x : y);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 12 -> {
              rip = start + (c.sf() != c.of() ? y : x);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 13 -> {
              rip = start + (c.sf() != c.of() ? x : y);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 14 -> {
              rip = start + (c.flagResult == 0 || c.sf() != c.of() ? y : x);
              pc += WORDS;
              break run;
            }
            case Op.JCC + 15 -> {
              rip = start + (c.flagResult == 0 || c.sf() != c.of() ? x : y);
              pc += WORDS;
              break run;
            }
            default -> throw new IllegalStateException("no such operation");
          }
          pc += WORDS;
          if (m.disturbed) {
            break;
          }
        }
        rip = start + (code[pc + 3] & 0xFFF);
      }
      spent += pc - block;
      if (leave || m.disturbed || spent >= budget) {
        break;
      }
      long inPage = rip - blocks.pageLinear;
      block =
          Long.compareUnsigned(inPage, 4096) < 0
              ? cache.tables[blocks.pageTable + (int) inPage]
              : 0;
      if (block == 0) {
        // A walk may reach devices, and is made where an instruction is sure to follow.
        block = m.fetchCached(rip) ? blocks.find(rip) : 0;
        if (block == 0) {
          break;
        }
        code = cache.code;
      }
    }
    c.nowBase += spent >> 2;
    c.retiredBase += spent >> 2;
    c.cursor = 0;
    c.cursorStart = 0;
    c.rip = rip;
  }
}
