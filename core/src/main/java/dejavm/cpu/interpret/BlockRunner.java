package dejavm.cpu.interpret;

import static dejavm.cpu.interpret.Lowering.BASE;
import static dejavm.cpu.interpret.Lowering.FIVE;
import static dejavm.cpu.interpret.Lowering.INDEX;
import static dejavm.cpu.interpret.Lowering.OP_MASK;
import static dejavm.cpu.interpret.Lowering.REGISTER;
import static dejavm.cpu.interpret.Lowering.SCALE;

import dejavm.cpu.Alu;
import dejavm.cpu.Cpu;
import dejavm.cpu.Shifts;
import dejavm.memory.Mmu;

/**
 * Runs predecoded code of all modes but the 64-bit one: from block to block, until something needs
 * the interpreter's outer loop.
 *
 * <p>Time is exact everywhere: a block counts its instructions by where it is in the arena, and is
 * cut short where the slice ends. The instruction under way is {@code cursor} of the CPU, so that a
 * fault, thrown from anywhere, finds its place.
 */
final class BlockRunner {
  private static final long LOW = 0xFFFFFFFFL;
  private static final int WORDS = CodeCache.WORDS;

  private final Cpu cpu;
  private final CodeCache cache;
  private final Blocks blocks;

  BlockRunner(Cpu cpu, CodeCache cache, Blocks blocks) {
    this.cpu = cpu;
    this.cache = cache;
    this.blocks = blocks;
  }

  private static long address(int w, long[] r, int displacement) {
    return r[w >>> BASE & FIVE] + (r[w >>> INDEX & FIVE] << (w >>> SCALE & 3)) + displacement & LOW;
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
              r[d] = Alu.add32(c, (int) r[d], (int) r[code[pc + 1]]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RI + Op.ADD -> {
              r[d] = Alu.add32(c, (int) r[d], code[pc + 1]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RM + Op.ADD -> {
              r[d] = Alu.add32(c, (int) r[d], m.load32(address(w, r, code[pc + 2]))) & LOW;
            }
            case Op.MR + Op.ADD -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.add32(c, v, (int) r[d]));
            }
            case Op.MI + Op.ADD -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.add32(c, v, code[pc + 1]));
            }
            case Op.RR + Op.OR -> {
              r[d] = Alu.logic32(c, (int) r[d] | (int) r[code[pc + 1]]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RI + Op.OR -> {
              r[d] = Alu.logic32(c, (int) r[d] | code[pc + 1]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RM + Op.OR -> {
              r[d] = Alu.logic32(c, (int) r[d] | m.load32(address(w, r, code[pc + 2]))) & LOW;
            }
            case Op.MR + Op.OR -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.logic32(c, v | (int) r[d]));
            }
            case Op.MI + Op.OR -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.logic32(c, v | code[pc + 1]));
            }
            case Op.RR + Op.ADC -> {
              r[d] = Alu.adc32(c, (int) r[d], (int) r[code[pc + 1]]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RI + Op.ADC -> {
              r[d] = Alu.adc32(c, (int) r[d], code[pc + 1]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RM + Op.ADC -> {
              r[d] = Alu.adc32(c, (int) r[d], m.load32(address(w, r, code[pc + 2]))) & LOW;
            }
            case Op.MR + Op.ADC -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.adc32(c, v, (int) r[d]));
            }
            case Op.MI + Op.ADC -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.adc32(c, v, code[pc + 1]));
            }
            case Op.RR + Op.SBB -> {
              r[d] = Alu.sbb32(c, (int) r[d], (int) r[code[pc + 1]]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RI + Op.SBB -> {
              r[d] = Alu.sbb32(c, (int) r[d], code[pc + 1]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RM + Op.SBB -> {
              r[d] = Alu.sbb32(c, (int) r[d], m.load32(address(w, r, code[pc + 2]))) & LOW;
            }
            case Op.MR + Op.SBB -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.sbb32(c, v, (int) r[d]));
            }
            case Op.MI + Op.SBB -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.sbb32(c, v, code[pc + 1]));
            }
            case Op.RR + Op.AND -> {
              r[d] = Alu.logic32(c, (int) r[d] & (int) r[code[pc + 1]]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RI + Op.AND -> {
              r[d] = Alu.logic32(c, (int) r[d] & code[pc + 1]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RM + Op.AND -> {
              r[d] = Alu.logic32(c, (int) r[d] & m.load32(address(w, r, code[pc + 2]))) & LOW;
            }
            case Op.MR + Op.AND -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.logic32(c, v & (int) r[d]));
            }
            case Op.MI + Op.AND -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.logic32(c, v & code[pc + 1]));
            }
            case Op.RR + Op.SUB -> {
              r[d] = Alu.sub32(c, (int) r[d], (int) r[code[pc + 1]]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RI + Op.SUB -> {
              r[d] = Alu.sub32(c, (int) r[d], code[pc + 1]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RM + Op.SUB -> {
              r[d] = Alu.sub32(c, (int) r[d], m.load32(address(w, r, code[pc + 2]))) & LOW;
            }
            case Op.MR + Op.SUB -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.sub32(c, v, (int) r[d]));
            }
            case Op.MI + Op.SUB -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.sub32(c, v, code[pc + 1]));
            }
            case Op.RR + Op.XOR -> {
              r[d] = Alu.logic32(c, (int) r[d] ^ (int) r[code[pc + 1]]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RI + Op.XOR -> {
              r[d] = Alu.logic32(c, (int) r[d] ^ code[pc + 1]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RM + Op.XOR -> {
              r[d] = Alu.logic32(c, (int) r[d] ^ m.load32(address(w, r, code[pc + 2]))) & LOW;
            }
            case Op.MR + Op.XOR -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.logic32(c, v ^ (int) r[d]));
            }
            case Op.MI + Op.XOR -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.logic32(c, v ^ code[pc + 1]));
            }
            case Op.RR + Op.CMP -> {
              Alu.sub32(c, (int) r[d], (int) r[code[pc + 1]]);
              pc += WORDS;
              continue;
            }
            case Op.RI + Op.CMP -> {
              Alu.sub32(c, (int) r[d], code[pc + 1]);
              pc += WORDS;
              continue;
            }
            case Op.RM + Op.CMP -> {
              Alu.sub32(c, (int) r[d], m.load32(address(w, r, code[pc + 2])));
            }
            case Op.MR + Op.CMP -> {
              Alu.sub32(c, m.load32(address(w, r, code[pc + 2])), (int) r[d]);
            }
            case Op.MI + Op.CMP -> {
              Alu.sub32(c, m.load32(address(w, r, code[pc + 2])), code[pc + 1]);
            }
            case Op.RR + Op.TEST -> {
              Alu.logic32(c, (int) r[d] & (int) r[code[pc + 1]]);
              pc += WORDS;
              continue;
            }
            case Op.RI + Op.TEST -> {
              Alu.logic32(c, (int) r[d] & code[pc + 1]);
              pc += WORDS;
              continue;
            }
            case Op.MR + Op.TEST -> {
              Alu.logic32(c, m.load32(address(w, r, code[pc + 2])) & (int) r[d]);
            }
            case Op.MI + Op.TEST -> {
              Alu.logic32(c, m.load32(address(w, r, code[pc + 2])) & code[pc + 1]);
            }
            case Op.RR + Op.MOV -> {
              r[d] = r[code[pc + 1]];
              pc += WORDS;
              continue;
            }
            case Op.RI + Op.MOV -> {
              r[d] = code[pc + 1] & LOW;
              pc += WORDS;
              continue;
            }
            case Op.RM + Op.MOV -> {
              r[d] = m.load32(address(w, r, code[pc + 2])) & LOW;
            }
            case Op.MR + Op.MOV -> {
              m.store32(address(w, r, code[pc + 2]), (int) r[d]);
            }
            case Op.MI + Op.MOV -> {
              m.store32(address(w, r, code[pc + 2]), code[pc + 1]);
            }
            case Op.MOV8_RR -> {
              r[d] = r[d] & ~0xFFL | r[code[pc + 1]] & 0xFF;
              pc += WORDS;
              continue;
            }
            case Op.MOV8_RI -> {
              r[d] = r[d] & ~0xFFL | code[pc + 1] & 0xFF;
              pc += WORDS;
              continue;
            }
            case Op.MOV8_RM -> {
              r[d] = r[d] & ~0xFFL | m.load8(address(w, r, code[pc + 2])) & 0xFF;
            }
            case Op.MOV8_MR -> {
              m.store8(address(w, r, code[pc + 2]), (int) r[d]);
            }
            case Op.MOV8_MI -> {
              m.store8(address(w, r, code[pc + 2]), code[pc + 1]);
            }
            case Op.CMP8_RR -> {
              Alu.sub(c, r[d], r[code[pc + 1]], 1);
              pc += WORDS;
              continue;
            }
            case Op.CMP8_RI -> {
              Alu.sub(c, r[d], code[pc + 1], 1);
              pc += WORDS;
              continue;
            }
            case Op.CMP8_RM -> {
              Alu.sub(c, r[d], m.load8(address(w, r, code[pc + 2])), 1);
            }
            case Op.CMP8_MR -> {
              Alu.sub(c, m.load8(address(w, r, code[pc + 2])), r[d], 1);
            }
            case Op.CMP8_MI -> {
              Alu.sub(c, m.load8(address(w, r, code[pc + 2])), code[pc + 1], 1);
            }
            case Op.TEST8_RR -> {
              Alu.logic(c, r[d] & r[code[pc + 1]], 1);
              pc += WORDS;
              continue;
            }
            case Op.TEST8_RI -> {
              Alu.logic(c, r[d] & code[pc + 1], 1);
              pc += WORDS;
              continue;
            }
            case Op.TEST8_MI -> {
              Alu.logic(c, m.load8(address(w, r, code[pc + 2])) & code[pc + 1], 1);
            }
            case Op.AND8_RI -> {
              r[d] = r[d] & ~0xFFL | Alu.logic(c, r[d] & code[pc + 1], 1) & 0xFF;
              pc += WORDS;
              continue;
            }
            case Op.OR8_RI -> {
              r[d] = r[d] & ~0xFFL | Alu.logic(c, r[d] | code[pc + 1], 1) & 0xFF;
              pc += WORDS;
              continue;
            }
            case Op.XOR8_RR -> {
              r[d] = r[d] & ~0xFFL | Alu.logic(c, r[d] ^ r[code[pc + 1]], 1) & 0xFF;
              pc += WORDS;
              continue;
            }
            case Op.XOR8_RM -> {
              r[d] =
                  r[d] & ~0xFFL
                      | Alu.logic(c, r[d] ^ m.load8(address(w, r, code[pc + 2])), 1) & 0xFF;
            }
            case Op.MOV16_RM -> {
              r[d] = r[d] & ~0xFFFFL | m.load16(address(w, r, code[pc + 2])) & 0xFFFF;
            }
            case Op.MOV16_MR -> {
              m.store16(address(w, r, code[pc + 2]), (int) r[d]);
            }
            case Op.MOV16_MI -> {
              m.store16(address(w, r, code[pc + 2]), code[pc + 1]);
            }
            case Op.CMP16_RM -> {
              Alu.sub(c, r[d], m.load16(address(w, r, code[pc + 2])), 2);
            }
            case Op.CMP16_MI -> {
              Alu.sub(c, m.load16(address(w, r, code[pc + 2])), code[pc + 1], 2);
            }
            case Op.MOVZX8_RR -> {
              r[d] = r[code[pc + 1]] & 0xFF;
              pc += WORDS;
              continue;
            }
            case Op.MOVZX8_RM -> {
              r[d] = m.load8(address(w, r, code[pc + 2]));
            }
            case Op.MOVZX16_RR -> {
              r[d] = r[code[pc + 1]] & 0xFFFF;
              pc += WORDS;
              continue;
            }
            case Op.MOVZX16_RM -> {
              r[d] = m.load16(address(w, r, code[pc + 2]));
            }
            case Op.MOVSX8_RR -> {
              r[d] = (byte) r[code[pc + 1]] & LOW;
              pc += WORDS;
              continue;
            }
            case Op.MOVSX8_RM -> {
              r[d] = (byte) m.load8(address(w, r, code[pc + 2])) & LOW;
            }
            case Op.MOVSX16_RR -> {
              r[d] = (short) r[code[pc + 1]] & LOW;
              pc += WORDS;
              continue;
            }
            case Op.MOVSX16_RM -> {
              r[d] = (short) m.load16(address(w, r, code[pc + 2])) & LOW;
            }
            case Op.LEA -> {
              r[d] = address(w, r, code[pc + 2]);
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
              r[d] ^= LOW;
              pc += WORDS;
              continue;
            }
            case Op.INC_M -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.inc32(c, v));
            }
            case Op.DEC_M -> {
              long at = address(w, r, code[pc + 2]);
              int v = (int) m.loadForWrite(at, 4);
              m.store32(at, Alu.dec32(c, v));
            }
            case Op.SHL_RI -> {
              r[d] = Shifts.shl32(c, (int) r[d], code[pc + 1]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.SHL_RC -> {
              r[d] = Shifts.shl32(c, (int) r[d], (int) r[Cpu.RCX]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.SHR_RI -> {
              r[d] = Shifts.shr32(c, (int) r[d], code[pc + 1]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.SHR_RC -> {
              r[d] = Shifts.shr32(c, (int) r[d], (int) r[Cpu.RCX]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.SAR_RI -> {
              r[d] = Shifts.sar32(c, (int) r[d], code[pc + 1]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.SAR_RC -> {
              r[d] = Shifts.sar32(c, (int) r[d], (int) r[Cpu.RCX]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.ROL_RI -> {
              r[d] = Shifts.rol(c, r[d], code[pc + 1], 4) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.ROR_RI -> {
              r[d] = Shifts.ror(c, r[d], code[pc + 1], 4) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.IMUL_RR -> {
              r[d] = Alu.imul32(c, (int) r[d], (int) r[code[pc + 1]]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.IMUL_RM -> {
              r[d] = Alu.imul32(c, (int) r[d], m.load32(address(w, r, code[pc + 2]))) & LOW;
            }
            case Op.IMUL_RRI -> {
              r[d] = Alu.imul32(c, (int) r[w >>> BASE & FIVE], code[pc + 1]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.MUL_R -> {
              Alu.mul32(c, (int) r[d]);
              pc += WORDS;
              continue;
            }
            case Op.XCHG_RR -> {
              long v = r[d];
              r[d] = r[code[pc + 1]];
              r[code[pc + 1]] = v;
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
              if (c.condition(code[pc + 1])) {
                r[d] = r[w >>> BASE & FIVE];
              }
              pc += WORDS;
              continue;
            }
            case Op.CMOV_RM -> {
              long v = m.load32(address(w, r, code[pc + 2])) & LOW;
              if (c.condition(code[pc + 1])) {
                r[d] = v;
              }
            }
            case Op.SET_R -> {
              r[d] = r[d] & ~0xFFL | (c.condition(code[pc + 1]) ? 1 : 0);
              pc += WORDS;
              continue;
            }
            case Op.BT_RI -> {
              Alu.carry(c, (r[d] >>> (code[pc + 1] & 31) & 1) != 0);
              pc += WORDS;
              continue;
            }
            case Op.BSWAP -> {
              r[d] = Integer.reverseBytes((int) r[d]) & LOW;
              pc += WORDS;
              continue;
            }
            case Op.PUSH_R -> {
              long sp = r[Cpu.RSP] - 4 & LOW;
              m.store32(sp, (int) r[d]);
              r[Cpu.RSP] = sp;
            }
            case Op.PUSH_I -> {
              long sp = r[Cpu.RSP] - 4 & LOW;
              m.store32(sp, code[pc + 1]);
              r[Cpu.RSP] = sp;
            }
            case Op.PUSH_M -> {
              long at = address(w, r, code[pc + 2]);
              long sp = r[Cpu.RSP] - 4 & LOW;
              m.probe(at, 4, Mmu.READ);
              m.probe(sp, 4, Mmu.WRITE);
              m.store32(sp, m.load32(at));
              r[Cpu.RSP] = sp;
            }
            case Op.POP_R -> {
              long sp = r[Cpu.RSP];
              long v = m.load32(sp) & LOW;
              r[Cpu.RSP] = sp + 4 & LOW;
              r[d] = v;
            }
            case Op.LEAVE -> {
              long sp = r[Cpu.RBP];
              r[Cpu.RBP] = m.load32(sp) & LOW;
              r[Cpu.RSP] = sp + 4 & LOW;
            }
            case Op.MOV_RS -> {
              r[d] = c.load(code[pc + 1], address(w, r, code[pc + 2]), 4);
            }
            case Op.MOV_SR -> {
              c.store(code[pc + 1], address(w, r, code[pc + 2]), 4, r[d]);
            }
            case Op.JMP_I -> {
              rip = start + code[pc + 2] & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JMP_R -> {
              rip = r[d];
              pc += WORDS;
              break run;
            }
            case Op.JMP_M -> {
              rip = m.load32(address(w, r, code[pc + 2])) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.CALL_I -> {
              long sp = r[Cpu.RSP] - 4 & LOW;
              m.store32(sp, (int) start + code[pc + 1]);
              r[Cpu.RSP] = sp;
              rip = start + code[pc + 2] & LOW;
              pc += WORDS;
              break run;
            }
            case Op.CALL_R -> {
              long target = r[d];
              long sp = r[Cpu.RSP] - 4 & LOW;
              m.store32(sp, (int) start + code[pc + 1]);
              r[Cpu.RSP] = sp;
              rip = target;
              pc += WORDS;
              break run;
            }
            case Op.CALL_M -> {
              long at = address(w, r, code[pc + 2]);
              long sp = r[Cpu.RSP] - 4 & LOW;
              m.probe(at, 4, Mmu.READ);
              m.probe(sp, 4, Mmu.WRITE);
              long target = m.load32(at) & LOW;
              m.store32(sp, (int) start + code[pc + 1]);
              r[Cpu.RSP] = sp;
              rip = target;
              pc += WORDS;
              break run;
            }
            case Op.RET -> {
              long sp = r[Cpu.RSP];
              rip = m.load32(sp) & LOW;
              r[Cpu.RSP] = sp + 4 & LOW;
              pc += WORDS;
              break run;
            }
            case Op.RET_I -> {
              long sp = r[Cpu.RSP];
              rip = m.load32(sp) & LOW;
              r[Cpu.RSP] = sp + 4 + code[pc + 1] & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC -> {
              rip = start + (c.of() ? code[pc + 2] : code[pc + 1]) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 1 -> {
              rip = start + (c.of() ? code[pc + 1] : code[pc + 2]) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 2 -> {
              rip = start + (c.cf() ? code[pc + 2] : code[pc + 1]) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 3 -> {
              rip = start + (c.cf() ? code[pc + 1] : code[pc + 2]) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 4 -> {
              rip = start + (c.flagResult == 0 ? code[pc + 2] : code[pc + 1]) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 5 -> {
              rip = start + (c.flagResult == 0 ? code[pc + 1] : code[pc + 2]) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 6 -> {
              rip = start + (c.cf() || c.flagResult == 0 ? code[pc + 2] : code[pc + 1]) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 7 -> {
              rip = start + (c.cf() || c.flagResult == 0 ? code[pc + 1] : code[pc + 2]) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 8 -> {
              rip = start + (c.sf() ? code[pc + 2] : code[pc + 1]) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 9 -> {
              rip = start + (c.sf() ? code[pc + 1] : code[pc + 2]) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 10 -> {
              rip = start + (c.pf() ? code[pc + 2] : code[pc + 1]) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 11 -> {
              rip = start + (c.pf() ? code[pc + 1] : code[pc + 2]) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 12 -> {
              rip = start + (c.sf() != c.of() ? code[pc + 2] : code[pc + 1]) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 13 -> {
              rip = start + (c.sf() != c.of() ? code[pc + 1] : code[pc + 2]) & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 14 -> {
              rip =
                  start + (c.flagResult == 0 || c.sf() != c.of() ? code[pc + 2] : code[pc + 1])
                      & LOW;
              pc += WORDS;
              break run;
            }
            case Op.JCC + 15 -> {
              rip =
                  start + (c.flagResult == 0 || c.sf() != c.of() ? code[pc + 1] : code[pc + 2])
                      & LOW;
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
        rip = start + (code[pc + 3] & 0xFFF) & LOW;
      }
      spent += pc - block;
      if (leave || m.disturbed || spent >= budget) {
        break;
      }
      long inPage = c.base[Cpu.CS] + rip - blocks.pageLinear;
      block =
          Long.compareUnsigned(inPage, 4096) < 0
              ? cache.tables[blocks.pageTable + (int) inPage]
              : 0;
      if (!c.flat) {
        c.rip = rip;
        if (block == 0 || !blocks.inLimit(block)) {
          break;
        }
      } else if (block == 0) {
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
