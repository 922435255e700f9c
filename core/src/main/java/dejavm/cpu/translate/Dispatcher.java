package dejavm.cpu.translate;

import dejavm.cpu.ControlRegisters;
import dejavm.cpu.Cpu;
import dejavm.cpu.Transfers;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.interpret.Interpreter;
import dejavm.memory.Mmu;
import dejavm.memory.NonCanonical;
import dejavm.memory.PageFault;
import dejavm.memory.Tlb;
import java.util.Arrays;

/**
 * Runs translated code: finds or makes the block where the CPU is, enters it, and decides what to
 * do when it is left. What is not translated, it has the {@link Interpreter} execute.
 */
final class Dispatcher {
  /** The longest code of a block, its ways out included. */
  private static final int LONGEST_CODE = 1 << 16;

  /** Ticks in translated code at a stretch: a virtual machine's safepoints wait that long. */
  private static final int SLICE = 1_000_000;

  /** The masks of all exceptions in MXCSR. */
  private static final int ALL_MASKED = 0x1F80;

  /** So many entries after XMM registers were needed they are loaded without being asked for. */
  private static final int XMM_MEMORY = 32;

  /** In place of a block: an instruction that reaches into a page that is not known yet. */
  private static final int CROSSING = -1;

  /** In place of a block: an instruction of a page that is modified again and again. */
  private static final int RESTLESS = -2;

  /** Entries after which is asked whether they are worthwhile. */
  private static final int ENTRIES = 1 << 14;

  /**
   * Instructions, or iterations of repeated ones, that an entry has to execute, with what is
   * executed one by one in between, to take less time than the interpreter does for them: measured,
   * see docs/EVALUATION.md.
   */
  private static final int WORTHWHILE = 8;

  private static final int PAGE = 4096;

  private final Cpu cpu;
  private final Mmu mmu;
  private final Interpreter interpreter;

  /** By address space; and that of the one in use. */
  private final Workspace[] workspaces = new Workspace[Tlb.SPACES];

  private Workspace workspace;
  private final CodeMemory memory;
  private final Sites sites = new Sites();
  private final TranslationCache cache;
  private final Emission emission;
  private final BlockTranslator blocks;
  private final NativeCode code;
  private final long firstCode;

  /** Where the block under way lies. */
  private int page;

  private int mode;

  /** Ticks given to translated code when it was entered last. */
  private int budget;

  /** The instruction that missed last, and the ticks that were left then. */
  private long missed;

  private int missedAt;

  /** How often it missed before. */
  private int again;

  /** For how many entries more XMM registers are to be loaded. */
  private int xmmWanted;

  private final Statistics statistics = new Statistics();

  /** Where {@link #isLosing} counts from. */
  private long entriesBefore;

  private long workBefore;

  /** Ticks that translated code has spent. */
  private long spent;

  /** Who is told after each block; null if nobody is, and blocks may go on to each other. */
  private Runnable follower;

  /**
   * @param codeMemory bytes
   * @throws UnsupportedOperationException where the host gives no executable memory
   */
  Dispatcher(Cpu cpu, Interpreter interpreter, long codeMemory) {
    HostCalls host = new HostCalls();
    memory = new CodeMemory(codeMemory, host);
    cpu.mmu.memory().guard(host);
    this.cpu = cpu;
    this.interpreter = interpreter;
    mmu = cpu.mmu;
    for (int i = 0; i < workspaces.length; i++) {
      workspaces[i] = new Workspace(cpu, i);
    }
    workspace = workspaces[mmu.space()];
    cache = new TranslationCache(mmu);
    mmu.memory().watcher(cache);
    emission = new Emission(sites, mmu);
    HostFeatures features = new HostFeatures(emission.a, memory, workspace);
    Stubs stubs = new Stubs(emission.a, memory, features);
    emission.stubs(stubs);
    firstCode = stubs.end;
    code = new NativeCode(stubs.enter);
    blocks =
        new BlockTranslator(
            emission,
            insn -> interpreter.has(insn),
            features,
            cpu.costs.pause(),
            offset -> {
              int known = cache.find(page, mode, offset);
              return known == 0 ? 0 : cache.code(known);
            });
    forget();
  }

  /** Whether it is time for {@link #isLosing}: then code is left as soon as that can be done. */
  private boolean isTimeToAsk() {
    return statistics.entries - entriesBefore >= ENTRIES;
  }

  /**
   * Whether translated code was lately left after so few instructions each time that the
   * interpreter alone would be faster; asked after each {@link #run}.
   */
  boolean isLosing() {
    if (!isTimeToAsk()) {
      return false;
    }
    long entries = statistics.entries - entriesBefore;
    long work = spent + statistics.interpreted;
    boolean losing = follower == null && work - workBefore < entries * WORTHWHILE;
    entriesBefore = statistics.entries;
    workBefore = work;
    statistics.retreats += losing ? 1 : 0;
    return losing;
  }

  /** Has somebody told after each block, between two instructions. */
  void afterEachBlock(Runnable told) {
    follower = told;
  }

  Statistics statistics() {
    statistics.dropped = cache.drops;
    statistics.codeMemory = memory.used();
    return statistics;
  }

  /** Forgets all code. */
  void forget() {
    cache.forget();
    sites.clear();
    memory.truncate(firstCode);
    for (Workspace each : workspaces) {
      each.invalidateJumps();
    }
  }

  // ---- finding and making blocks ----

  /** Empties jump caches whose entries may be wrong by now. */
  private void checkJumps() {
    if (cache.dropped) {
      cache.dropped = false;
      for (Workspace each : workspaces) {
        each.invalidateJumps();
      }
    }
    if (workspace.checkJumps(mmu.reliance().generation())) {
      statistics.jumpsCleared++;
    }
  }

  /**
   * The block at an offset in CS, made if need be; 0 where there can be none, {@link #CROSSING} or
   * {@link #RESTLESS} where there is to be none yet.
   *
   * @throws PageFault where the instruction cannot be fetched
   */
  private int find(long rip) {
    Cpu c = cpu;
    long linear = c.wrap(c.codeBase + rip);
    long at = mmu.admission().fetch(linear);
    if (at < 0 || c.codeSize == 64 && Transfers.atEdge(linear)) {
      return 0;
    }
    page = (int) (at >>> 12);
    mode = Mode.number(c);
    int offset = (int) at & 0xFFF;
    if (mode >= Mode.FLAT_COUNT && !pageInLimit(rip - offset)) {
      return 0;
    }
    int block = cache.find(page, mode, offset);
    if (block != 0) {
      return block;
    }
    return cache.isWorthwhile(page) ? make(offset, linear) : RESTLESS;
  }

  /** Code runs unchecked in pages that the segment holds whole; jumps of 16 bits wrap at 64 KiB. */
  private boolean pageInLimit(long start) {
    Cpu c = cpu;
    long high = c.codeSize == 16 ? Math.min(0xFFFF, c.high[Cpu.CS]) : c.high[Cpu.CS];
    return start >= c.low[Cpu.CS] && start + 0xFFF <= high;
  }

  private int make(int offset, long linear) {
    if (!memory.hasRoom(LONGEST_CODE)) {
      forget();
      checkJumps();
      statistics.codeMemoryFull++;
    }
    Mode m = Mode.of(mode);
    byte[] bytes = cache.bytes(page);
    blocks.decode(bytes, offset, m);
    byte[] tail = null;
    if (m.flat() && blocks.isCutShort()) {
      int next = nextPage(linear);
      if (next < 0) {
        return CROSSING;
      }
      bytes = cache.bytes(page, next);
      if (!blocks.decodeCrossing(bytes, offset, m)) {
        return CROSSING;
      }
      tail = Arrays.copyOfRange(bytes, PAGE, blocks.end);
    }
    long at = memory.here();
    int site = sites.count();
    // So that a loop's jump to its start finds it.
    int block =
        cache.add(page, mode, offset, blocks.end, at, blocks.count, blocks.count == 0 ? site : 0);
    emission.begin(m, mode, at, blocks.count);
    blocks.emit();
    memory.append(emission.a.bytes(), emission.a.size());
    if (tail != null) {
      sites.tails.put(emission.crossing, tail);
    }
    statistics.blocks++;
    statistics.instructionsTranslated += blocks.count;
    return block;
  }

  /** The page of memory behind an address, where that needs no walk; else -1. */
  private int nextPage(long linear) {
    long next = cpu.wrap((linear & -PAGE) + PAGE);
    return mmu.fetchCached(next) ? (int) (mmu.fetch(next) >>> 12) : -1;
  }

  /**
   * After an instruction that reaches into the next page, and that the interpreter executed since
   * that page may have been another: notes that it is this one, if it holds the same.
   */
  private void expectNextPage(int site, long rip) {
    Cpu c = cpu;
    checkJumps();
    long linear = c.wrap(c.codeBase + rip);
    int next = mmu.fetchCached(linear) ? nextPage(linear) : -1;
    if (next < 0 || Mode.number(c) != mode) {
      return;
    }
    byte[] tail = sites.tails.get(site);
    if (!Arrays.equals(tail, cache.start(next, tail.length))) {
      cache.drop((int) (mmu.fetch(linear) >>> 12));
      return;
    }
    long end = rip + sites.insn[site].length;
    long following = c.codeSize == 64 ? end : end & 0xFFFFFFFFL;
    int itsMode = mode;
    int generation = statistics.codeMemoryFull;
    int block = find(following);
    if (block > 0 && generation == statistics.codeMemoryFull) {
      cache.holdsTail(next, tail.length);
      memory.patchConstant(sites.resume[site], cache.code(block));
      cacheJump(itsMode, following, cache.code(block));
    }
  }

  private void cacheJump(int itsMode, long rip, long target) {
    workspace.cacheJump(itsMode, rip, target);
    mmu.reliance().rely(rip);
  }

  // ---- running ----

  /**
   * Runs translated code from where the CPU is.
   *
   * @param enough from this moment on it may end the slice at a block that is too long for the rest
   * @return false where the interpreter has to go on
   */
  boolean run(long enough) {
    Cpu c = cpu;
    boolean progressed = false;
    do {
      workspace = workspaces[mmu.space()];
      int block = find(c.rip);
      long left = c.until - c.nowBase;
      if (block == 0) {
        return progressed;
      }
      progressed = true;
      if (block > 0 && cache.length(block) > left) {
        finishSlice(enough);
        return true;
      }
      checkJumps();
      if (block < 0) {
        if (!interpret(null)) {
          return true;
        }
        continue;
      }
      int stub = cache.step(block);
      boolean goesOn = stub != 0 ? interpret(sites.insn[stub]) : enter(block, left);
      if (follower != null && !mmu.disturbed && c.nowBase < c.until) {
        follower.run();
      }
      if (!goesOn) {
        return true;
      }
    } while (!mmu.disturbed && c.attention == 0 && c.nowBase < c.until && !isTimeToAsk());
    return true;
  }

  /**
   * Has the interpreter execute what is left of a slice, which is less than a block, or drops it.
   */
  private void finishSlice(long enough) {
    Cpu c = cpu;
    if (c.nowBase >= enough) {
      c.until = c.nowBase;
      return;
    }
    statistics.tails++;
    boolean goesOn;
    do {
      goesOn = interpret(null);
    } while (goesOn && !mmu.disturbed && c.attention == 0 && c.nowBase < c.until);
  }

  /** Enters a block; whether to go on with the next when this returns. */
  private boolean enter(int block, long left) {
    Cpu c = cpu;
    budget = (int) Math.min(left, follower == null ? SLICE : cache.length(block));
    workspace.enter(c, budget);
    workspace.set(Workspace.PAGE, c.rip - (c.wrap(c.codeBase + c.rip) & 0xFFF));
    if (xmmWanted > 0 && xmmUsable()) {
      xmmWanted--;
      workspace.loadXmm(c);
    }
    return execute(cache.code(block));
  }

  /** Runs code until it is left for good; whether to go on from where the CPU is then. */
  private boolean execute(long start) {
    Workspace w = workspace;
    long at = start;
    while (true) {
      statistics.entries++;
      code.run(w.base(), at);
      int site = w.int4(Workspace.SITE);
      int reason = w.int4(Workspace.REASON);
      at = resume(reason, site);
      if (at == 0) {
        return left(reason, site);
      }
    }
  }

  /** Does what translated code was left for; where it goes on, or 0 if it is left for good. */
  private long resume(int reason, int site) {
    switch (reason) {
      case Stubs.MISS -> {
        statistics.misses++;
        return admit(site);
      }
      case Stubs.EDGE -> {
        statistics.edges++;
        long at = follow(workspace.long8(Workspace.PAGE) + sites.offset[site]);
        if (at != 0) {
          memory.patch(sites.resume[site], at);
        }
        return at;
      }
      case Stubs.LOOKUP -> {
        return lookUp(workspace.long8(Workspace.ADDRESS));
      }
      case Stubs.XMM -> {
        if (!xmmUsable()) {
          return 0;
        }
        workspace.loadXmm(cpu);
        xmmWanted = XMM_MEMORY;
        return sites.resume[site];
      }
      case Stubs.X87 -> {
        if (!x87Usable()) {
          return 0;
        }
        workspace.loadX87(cpu.x87);
        return sites.resume[site];
      }
      default -> {
        return 0;
      }
    }
  }

  /** After translated code was left for good; whether to go on from where the CPU is. */
  private boolean left(int reason, int site) {
    switch (reason) {
      case Stubs.EDGE, Stubs.LOOKUP -> {
        return false;
      }
      case Stubs.MISS, Stubs.XMM, Stubs.X87 -> {
        leave(site);
        return interpretAt(site);
      }
      case Stubs.CROSS -> {
        leave(site);
        long rip = cpu.rip;
        boolean goesOn = cpu.nowBase < cpu.until && interpret(null);
        expectNextPage(site, rip);
        return goesOn;
      }
      case Stubs.STEP -> {
        leave(site);
        if (cpu.nowBase >= cpu.until) {
          return false;
        }
        return sites.insn[site] == null ? interpretAt(site) : interpret(sites.insn[site]);
      }
      default -> {
        leave(site);
        return false;
      }
    }
  }

  private long lookUp(long rip) {
    statistics.lookups++;
    long at = follow(rip);
    if (at != 0) {
      if (mode < Mode.FLAT_COUNT) {
        cacheJump(mode, rip, at);
      }
      workspace.set(Workspace.PAGE, rip - (cpu.wrap(cpu.codeBase + rip) & 0xFFF));
    }
    return at;
  }

  /** Whether the host may execute the guest's instructions on XMM registers: they cannot trap. */
  private boolean xmmUsable() {
    Cpu c = cpu;
    return (c.cr0 & (ControlRegisters.CR0_EM | ControlRegisters.CR0_TS)) == 0
        && (c.cr4 & ControlRegisters.CR4_OSFXSR) != 0
        && (c.mxcsr & ALL_MASKED) == ALL_MASKED;
  }

  /** Whether the host may execute the guest's x87 instructions: they cannot trap. */
  private boolean x87Usable() {
    Cpu c = cpu;
    return (c.cr0 & (ControlRegisters.CR0_EM | ControlRegisters.CR0_TS)) == 0
        && !c.ferr
        && X87Emitter.isUsable(c.x87.control);
  }

  /** The code to go on with at an offset in CS, or 0 where the outer loop has to: all is left. */
  private long follow(long target) {
    Cpu c = cpu;
    long rip = c.codeSize == 64 ? target : target & 0xFFFFFFFFL;
    long linear = c.wrap(c.codeBase + rip);
    boolean sure =
        workspace.int4(Workspace.BUDGET) > 0 && !isTimeToAsk() && mmu.fetchCached(linear);
    int generation = statistics.codeMemoryFull;
    int block = sure ? find(rip) : 0;
    if (block <= 0 || generation != statistics.codeMemoryFull) {
      leave(rip, 0);
      return 0;
    }
    return cache.code(block);
  }

  /**
   * Where to go on after an access missed; 0 where the interpreter has to make it. Two accesses of
   * one instruction may want the same entry: then neither has it for long.
   */
  private long admit(int site) {
    int left = workspace.int4(Workspace.BUDGET);
    again = left == missedAt && sites.resume[site] == missed ? again + 1 : 0;
    missedAt = left;
    missed = sites.resume[site];
    if (again > 1 || isTimeToAsk()) {
      return 0;
    }
    long address = workspace.long8(Workspace.ADDRESS);
    int size = sites.access[site] & 0xFF;
    boolean write = sites.access[site] > 0xFF;
    try {
      if (!Cpu.canonical(address)) {
        return 0;
      }
      if (mmu.admission().admit(address, size, write ? Mmu.WRITE : Mmu.READ)) {
        return sites.resume[site];
      }
      boolean once = write && sites.granted[site] != 0;
      long offset = once ? mmu.admission().announce(size) : -1;
      if (offset < 0) {
        return 0;
      }
      statistics.announced++;
      workspace.set(Workspace.GRANT, mmu.memory().segment().address() + offset - address);
      return sites.granted[site];
    } catch (PageFault | NonCanonical fault) {
      // The interpreter meets it again, at the instruction.
      return 0;
    }
  }

  /** Gives everything back to the CPU, which stands before the instruction of a site. */
  private void leave(int site) {
    leave(workspace.long8(Workspace.PAGE) + sites.offset[site], sites.refund[site]);
  }

  private void leave(long rip, int refund) {
    Cpu c = cpu;
    int ticks = budget - (workspace.int4(Workspace.BUDGET) + refund);
    int executed = ticks - workspace.int4(Workspace.EXTRA);
    spent += ticks;
    c.nowBase += ticks;
    c.retiredBase += executed;
    statistics.translatedExecuted += executed;
    workspace.leave(c);
    c.rip = c.codeSize == 64 ? rip : rip & 0xFFFFFFFFL;
  }

  /** Has the interpreter execute the translated instruction of a site; whether it is complete. */
  private boolean interpretAt(int site) {
    Insn known = sites.decoded[site];
    if (known != null) {
      statistics.interpreted++;
      return interpreter.execute(known);
    }
    boolean complete = interpret(null);
    Insn insn = interpreter.stepped();
    // A repeated one may overwrite itself, so the interpreter looks at its place each time; and
    // what reaches into the next page depends on more than this page.
    if (!insn.rep && !insn.repne && sites.offset[site] + insn.length <= PAGE) {
      sites.decoded[site] = insn;
    }
    return complete;
  }

  /** Has the interpreter execute an instruction; whether it is complete. */
  private boolean interpret(Insn insn) {
    statistics.interpreted++;
    if (insn == null) {
      return interpreter.step();
    }
    statistics.left[insn.mnemonic.ordinal()]++;
    return interpreter.execute(insn);
  }
}
