package dejavm.cpu.interpret;

import dejavm.cpu.Attention;
import dejavm.cpu.Breakpoints;
import dejavm.cpu.Cpu;
import dejavm.cpu.Engine;
import dejavm.cpu.Fault;
import dejavm.cpu.Flags;
import dejavm.cpu.Interrupts;
import dejavm.cpu.SystemManagement;
import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.memory.Mmu;
import dejavm.memory.NonCanonical;
import dejavm.memory.PageFault;
import java.lang.foreign.ValueLayout;

/**
 * The interpreter. It has {@link Blocks} run predecoded code; what needs care (an instruction that
 * crosses a page, a trap flag, an interrupt shadow, code in device memory) it steps, instruction by
 * instruction, from freshly decoded forms.
 */
public final class Interpreter implements Engine {
  /** DR6: a single step. */
  private static final int DR6_BS = 0x4000;

  /** What an SMI waits for, and itself. */
  private static final int BEFORE_SMI = Attention.SMI | Attention.SHADOW | Attention.DEBUG;

  private final Cpu cpu;
  private final Mmu mmu;
  private final CodeCache cache;
  private final Operations operations;
  private final Blocks blocks;
  private final Decoder decoder = new Decoder();
  private final byte[] fetched = new byte[Decoder.MAX_LENGTH];

  /** Where {@link #fetched} is from: pages of the memory segment, -1 for a device. */
  private int firstPage;

  private int lastPage;

  private boolean predecoded = true;

  /** Runs what it can instead; see {@link #shortcut}. */
  private Shortcut shortcut = () -> false;

  /** The last instruction that was stepped. */
  private Insn stepped;

  private final int[] unsupported = new int[Mnemonic.values().length];

  public Interpreter(Cpu cpu) {
    this.cpu = cpu;
    mmu = cpu.mmu;
    cache = new CodeCache(mmu);
    mmu.memory().watcher(cache);
    operations = new Operations(cpu);
    blocks = new Blocks(cpu, cache, operations);
  }

  @Override
  public void forget() {
    cache.forget();
    mmu.disturbed = true;
  }

  /**
   * Whether to run predecoded code, as is usual, or to execute each instruction from its bytes and
   * by the general methods, which is slower and another way to the same.
   */
  public void predecode(boolean predecode) {
    predecoded = predecode;
  }

  /** Another way to execute instructions. */
  public interface Shortcut {
    /**
     * Executes from where the CPU is, while there is nothing to attend to, as far as it can.
     *
     * @return false where it cannot and the interpreter must go on
     */
    boolean run();
  }

  /** Has another way to execute instructions tried first, wherever blocks could run. */
  public void shortcut(Shortcut other) {
    shortcut = other;
  }

  /** Whether the processor has an instruction. */
  public boolean has(Insn insn) {
    return operations.has(insn);
  }

  /** How often an instruction was met that is decoded but not supported: #UD for the guest. */
  public int unsupported(Mnemonic mnemonic) {
    return unsupported[mnemonic.ordinal()];
  }

  // ---- the outer loop ----

  @Override
  public Stop run(Cpu ignored, long enough, long until) {
    Cpu c = cpu;
    mmu.disturbed = true;
    c.until = until;
    while (true) {
      if (mmu.disturbed) {
        mmu.disturbed = false;
        mmu.applyChanges();
        noteWatchHits();
        c.until = Math.min(c.until, c.platform.horizon());
      }
      if (c.now() >= c.until) {
        return Stop.UNTIL;
      }
      if (cache.full()) {
        cache.forget();
      }
      try {
        if (c.attention == 0) {
          runBlocks();
        } else if ((c.attention & Attention.OFF) != 0) {
          return Stop.OFF;
        } else if (!attend()) {
          return Stop.HALTED;
        }
      } catch (PageFault fault) {
        pageFault(fault);
      } catch (Fault fault) {
        fault(fault.vector(), fault.error());
      } catch (NonCanonical address) {
        fault(c.cursor != 0 && inStack() ? Fault.SS : Fault.GP, 0);
      } catch (UnsupportedInstruction unknown) {
        unsupported[unknown.mnemonic().ordinal()]++;
        fault(Fault.UD, Fault.NO_ERROR);
      }
    }
  }

  /** What was hit is reported after this instruction; after MOV SS, after the next. */
  private void noteWatchHits() {
    int hits = mmu.watches().takeHits();
    if (hits != 0) {
      cpu.debugHits |= hits;
      cpu.updateAttention();
    }
  }

  /** Runs blocks from where the CPU is, or an instruction where there can be none. */
  private void runBlocks() {
    if (shortcut.run()) {
      return;
    }
    int block = predecoded ? blocks.here() : 0;
    if (block == 0) {
      step();
    } else {
      blocks.run(block);
    }
  }

  /** Whether the specialised operation under way accesses memory through SS. */
  private boolean inStack() {
    int word = cache.code[cpu.cursor];
    return switch (word & Lowering.OP_MASK) {
      case Op.GENERIC, Op.GENERIC_END -> false;
      case Op.PUSH_R, Op.PUSH_I, Op.POP_R, Op.LEAVE, Op.CALL_I, Op.CALL_R, Op.RET, Op.RET_I -> true;
      // The operand is looked at first.
      case Op.PUSH_M, Op.CALL_M -> throughStackPointer(word) || operandIsCanonical(word);
      default -> throughStackPointer(word);
    };
  }

  /** Whether all eight bytes of the memory operand under way lie at canonical addresses. */
  private boolean operandIsCanonical(int word) {
    long[] r = cpu.r;
    long index = r[word >>> Lowering.INDEX & Lowering.FIVE] << (word >>> Lowering.SCALE & 3);
    long at = r[word >>> Lowering.BASE & Lowering.FIVE] + index + cache.code[cpu.cursor + 2];
    return Cpu.canonical(at) && Cpu.canonical(at + 7);
  }

  private static boolean throughStackPointer(int word) {
    int base = word >>> Lowering.BASE & Lowering.FIVE;
    return base == Cpu.RSP || base == Cpu.RBP;
  }

  /** Brings rip and the counters to the instruction that faulted. */
  private void locate() {
    Cpu c = cpu;
    if (c.cursor != 0) {
      c.rip = blocks.rip();
    }
    c.settle();
  }

  private void fault(int vector, int error) {
    locate();
    mmu.watches().takeHits();
    Interrupts.exception(cpu, vector, error);
    cpu.nowBase++;
    cpu.endShadow();
    cpu.updateAttention();
  }

  private void pageFault(PageFault fault) {
    locate();
    mmu.watches().takeHits();
    Interrupts.exception(cpu, fault);
    cpu.nowBase++;
    cpu.endShadow();
    cpu.updateAttention();
  }

  /**
   * Looks at what is pending.
   *
   * @return false where the CPU is halted and stays so
   */
  private boolean attend() {
    Cpu c = cpu;
    int attention = c.attention;
    if ((attention & Attention.RESET) != 0) {
      c.reset = false;
      c.powerOn();
      c.updateAttention();
      c.nowBase++;
    } else if ((attention & BEFORE_SMI) == Attention.SMI) {
      c.smi = false;
      SystemManagement.enter(c);
      c.updateAttention();
      c.nowBase++;
    } else if ((attention & Attention.INIT) != 0) {
      c.init = false;
      c.initialize();
      c.updateAttention();
      c.nowBase++;
    } else if (c.activity == Cpu.Activity.SHUTDOWN) {
      return false;
    } else if ((attention & Attention.SHADOW) != 0) {
      boolean held = c.stackShadow;
      c.endShadow();
      c.updateAttention();
      stepTrapping(held);
    } else if ((attention & Attention.DEBUG) != 0) {
      debugTrap(0);
    } else if ((attention & Attention.NMI) != 0) {
      c.nmi = false;
      c.nmiBlocked = true;
      interrupt(Fault.NMI);
    } else if ((attention & Attention.INTR) != 0) {
      interrupt(c.platform.acknowledgeInterrupt(c.now(), c.id));
    } else if ((attention & Attention.HALTED) != 0) {
      return false;
    } else {
      stepTrapping(false);
    }
    return true;
  }

  private void interrupt(int vector) {
    Cpu c = cpu;
    c.activity(Cpu.Activity.RUNNING);
    mmu.disturbed = true;
    Interrupts.external(c, vector);
    c.nowBase++;
    c.updateAttention();
  }

  /**
   * Steps an instruction, or an iteration of a repeated one, unless there is a breakpoint on it;
   * and delivers the single-step trap, if the flag was set before it.
   *
   * @param held breakpoints on the instruction do not count
   */
  private void stepTrapping(boolean held) {
    Cpu c = cpu;
    int breakpoints = held ? 0 : Breakpoints.onExecution(c);
    if (breakpoints != 0) {
      Breakpoints.report(c, breakpoints);
      fault(Fault.DB, Fault.NO_ERROR);
      return;
    }
    boolean trap = (c.attention & Attention.TRAP) != 0;
    boolean resumed = c.flag(Flags.RF);
    int task = c.selector[Cpu.TR];
    boolean complete = step();
    if (resumed && complete && !returns(stepped) && task == c.selector[Cpu.TR]) {
      c.systemFlags &= ~Flags.RF;
      c.updateAttention();
    }
    if (trap && !withoutTrap(stepped)) {
      noteWatchHits();
      if (!complete) {
        // After an iteration but the last the image has RF set (SDM volume 3, 18.3.1.1).
        c.systemFlags |= Flags.RF;
      }
      debugTrap(DR6_BS);
    }
  }

  /** Whether RF is not cleared by an instruction, but loaded. */
  private static boolean returns(Insn insn) {
    return insn.mnemonic == Mnemonic.IRET || insn.mnemonic == Mnemonic.RSM;
  }

  /** A debug exception after an instruction, for all that there is to report. */
  private void debugTrap(int reason) {
    Cpu c = cpu;
    Breakpoints.report(c, reason | c.debugHits);
    c.debugHits = 0;
    Interrupts.trap(c, Fault.DB);
    c.nowBase++;
    c.updateAttention();
  }

  /**
   * After MOV SS and POP SS the trap is held back with the interrupts; INT n has cleared the flag,
   * and its handler is not stepped into; RSM has restored the flags of another program.
   */
  private boolean withoutTrap(Insn insn) {
    return switch (insn.mnemonic) {
      case INT, INT3, INT1, RSM -> true;
      case INTO -> cpu.of();
      case STI -> false;
      default -> cpu.shadow;
    };
  }

  // ---- stepping ----

  /**
   * Executes one instruction from its bytes, or one or more iterations of a repeated one.
   *
   * @return whether it is complete
   */
  public boolean step() {
    Cpu c = cpu;
    c.cursor = 0;
    c.cursorStart = 0;
    Insn insn = fetch();
    if (insn.rep || insn.repne) {
      // It may overwrite itself; in a block that would be noticed.
      cache.stepping(firstPage, lastPage);
    }
    return execute(insn);
  }

  /**
   * Executes the instruction where the CPU is, known to be this one, or one or more iterations of a
   * repeated one; the counters are settled.
   *
   * @return whether it is complete
   */
  public boolean execute(Insn insn) {
    Cpu c = cpu;
    stepped = insn;
    c.nextRip = c.wrap(c.rip + insn.length);
    boolean complete = operations.execute(insn);
    if (complete) {
      c.rip = c.nextRip;
      c.nowBase++;
      c.retiredBase++;
    }
    return complete;
  }

  /** The last instruction that was executed one by one. */
  public Insn stepped() {
    return stepped;
  }

  private Insn fetch() {
    Cpu c = cpu;
    int have = 0;
    long available = c.code64() ? Decoder.MAX_LENGTH : Math.max(0, c.high[Cpu.CS] - c.rip + 1);
    while (have < Decoder.MAX_LENGTH && have < available) {
      long linear = c.wrap(c.codeBase + c.rip + have);
      long offset = mmu.fetch(linear);
      lastPage = offset >= 0 ? (int) (offset >>> 12) : -1;
      firstPage = have == 0 ? lastPage : firstPage;
      if (offset >= 0) {
        int inPage = 4096 - (int) (linear & 0xFFF);
        int wanted = (int) Math.min(Math.min(inPage, Decoder.MAX_LENGTH - have), available - have);
        for (int i = 0; i < wanted; i++) {
          fetched[have++] = mmu.memory().segment().get(ValueLayout.JAVA_BYTE, offset + i);
        }
      } else {
        fetched[have++] = (byte) mmu.fetchDevice(-1 - offset);
      }
      Insn insn = decoder.decode(fetched, 0, have, c.codeSize);
      if (insn != null) {
        return insn;
      }
    }
    throw Fault.gp(0);
  }
}
