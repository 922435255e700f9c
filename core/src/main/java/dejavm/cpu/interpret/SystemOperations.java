package dejavm.cpu.interpret;

import dejavm.cpu.Alu;
import dejavm.cpu.Cpu;
import dejavm.cpu.Cpuid;
import dejavm.cpu.FastCalls;
import dejavm.cpu.Fault;
import dejavm.cpu.Monitor;
import dejavm.cpu.Msrs;
import dejavm.cpu.RandomNumbers;
import dejavm.cpu.SegmentQueries;
import dejavm.cpu.SystemInstructions;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Operand;

/** The system instructions: operands in, {@link SystemInstructions} and its kin do the work. */
final class SystemOperations {
  private final Cpu c;
  private final Operands operands;

  SystemOperations(Cpu cpu, Operands operands) {
    c = cpu;
    this.operands = operands;
  }

  void execute(Insn in) {
    switch (in.mnemonic) {
      case LGDT -> SystemInstructions.lgdt(c, in.segment, operands.offset(in), in.operandSize);
      case LIDT -> SystemInstructions.lidt(c, in.segment, operands.offset(in), in.operandSize);
      case SGDT -> SystemInstructions.sgdt(c, in.segment, operands.offset(in));
      case SIDT -> SystemInstructions.sidt(c, in.segment, operands.offset(in));
      case SLDT -> {
        SystemInstructions.requireProtected(c);
        store(in, SystemInstructions.sldt(c));
      }
      case STR -> {
        SystemInstructions.requireProtected(c);
        store(in, SystemInstructions.str(c));
      }
      case LLDT -> {
        privilegedProtected();
        SystemInstructions.lldt(c, selector(in, 0));
      }
      case LTR -> {
        privilegedProtected();
        SystemInstructions.ltr(c, selector(in, 0));
      }
      case VERR -> {
        SystemInstructions.requireProtected(c);
        SegmentQueries.verr(c, selector(in, 0));
      }
      case VERW -> {
        SystemInstructions.requireProtected(c);
        SegmentQueries.verw(c, selector(in, 0));
      }
      case LAR -> {
        SystemInstructions.requireProtected(c);
        query(in, SegmentQueries.lar(c, selector(in, 1)));
      }
      case LSL -> {
        SystemInstructions.requireProtected(c);
        query(in, SegmentQueries.lsl(c, selector(in, 1)));
      }
      case ARPL -> {
        SystemInstructions.requireProtected(c);
        int destination = (int) operands.read(in, 0);
        int source = (int) operands.read(in, 1);
        // A selector that stays as it is is not written, and may lie where nothing can be: so do
        // processors (seen on one of 2023), and test386 asks for it.
        boolean raises = (destination & 3) < (source & 3);
        if (raises) {
          operands.probeWrite(in, 0);
        }
        int result = SegmentQueries.arpl(c, destination, source);
        if (raises) {
          operands.write(in, 0, result);
        }
      }
      case SMSW -> store(in, SystemInstructions.smsw(c));
      case LMSW -> {
        SystemInstructions.requirePrivileged(c);
        SystemInstructions.lmsw(c, (int) operands.read(in, 0));
      }
      case CLTS -> SystemInstructions.clts(c);
      case INVLPG -> SystemInstructions.invlpg(c);
      case INVD, WBINVD -> SystemInstructions.invalidateCaches(c);
      case CLI -> SystemInstructions.cli(c);
      case STI -> SystemInstructions.sti(c);
      case HLT -> SystemInstructions.hlt(c);
      case RDTSC -> Msrs.rdtsc(c);
      case RDTSCP -> Msrs.rdtscp(c);
      case RDPMC -> Msrs.rdpmc(c);
      case CPUID -> Cpuid.answer(c);
      case RDMSR -> {
        SystemInstructions.requirePrivileged(c);
        long value = Msrs.read(c, (int) c.r[Cpu.RCX]);
        Alu.write(c, Cpu.RAX, value, 4);
        Alu.write(c, Cpu.RDX, value >>> 32, 4);
      }
      case WRMSR -> {
        SystemInstructions.requirePrivileged(c);
        Msrs.write(c, (int) c.r[Cpu.RCX], c.r[Cpu.RDX] << 32 | c.r[Cpu.RAX] & 0xFFFFFFFFL);
      }
      case SYSENTER -> FastCalls.sysenter(c);
      case SYSEXIT -> FastCalls.sysexit(c, in.operandSize);
      case SYSCALL -> FastCalls.syscall(c);
      case SYSRET -> FastCalls.sysret(c, in.operandSize);
      case SWAPGS -> FastCalls.swapGs(c);
      case CLAC, STAC -> SystemInstructions.accessControl(c, in.mnemonic == Mnemonic.STAC);
      case MONITOR -> Monitor.monitor(c, in.segment, Alu.truncate(c.r[Cpu.RAX], in.addressSize));
      case MWAIT -> Monitor.mwait(c);
      case CLFLUSH -> SystemInstructions.flushLine(c, in.segment, operands.offset(in));
      case LFENCE, MFENCE, SFENCE -> {}
      case RDRAND, RDSEED -> operands.write(in, 0, RandomNumbers.next(c));
      case RSM -> SystemInstructions.rsm(c);
      case UD0, UD1, UD2 -> throw Fault.ud();
      default -> throw new UnsupportedInstruction(in);
    }
  }

  private void privilegedProtected() {
    SystemInstructions.requireProtected(c);
    SystemInstructions.requirePrivileged(c);
  }

  private int selector(Insn in, int index) {
    return (int) operands.read(in, index) & 0xFFFF;
  }

  /** To memory always 16 bits; to a register the operand size. */
  private void store(Insn in, long value) {
    if (operands.isMemory(in, 0)) {
      c.store(in.segment, operands.offset(in), 2, value);
    } else {
      Operand register = in.operands[0];
      Alu.write(c, register.register(), value, register.size());
    }
  }

  private void query(Insn in, long result) {
    if (result != SegmentQueries.NONE) {
      operands.write(in, 0, result);
    }
  }
}
