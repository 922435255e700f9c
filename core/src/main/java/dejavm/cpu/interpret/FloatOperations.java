package dejavm.cpu.interpret;

import dejavm.bus.Pin;
import dejavm.cpu.Alu;
import dejavm.cpu.ControlRegisters;
import dejavm.cpu.Cpu;
import dejavm.cpu.Fault;
import dejavm.cpu.Flags;
import dejavm.cpu.X87;
import dejavm.cpu.X87Environment;
import dejavm.cpu.X87Escape;
import dejavm.cpu.decode.Insn;
import dejavm.memory.Mmu;

/** The x87 instructions: what is available, what waits, and how operands reach the unit. */
final class FloatOperations {
  /** Exceptions that suppress a store. */
  private static final int STORE_MASKS = X87.IE | X87.OE | X87.UE;

  private static final int FXSAVE_BYTES = 512;

  private final Cpu c;
  private final Operands operands;

  FloatOperations(Cpu cpu, Operands operands) {
    c = cpu;
    this.operands = operands;
  }

  /** Executes an x87 instruction, FWAIT, FXSAVE or FXRSTOR. */
  void execute(Insn in) {
    switch (in.mnemonic) {
      case FWAIT -> {
        long both = ControlRegisters.CR0_MP | ControlRegisters.CR0_TS;
        if ((c.cr0 & both) == both) {
          throw Fault.of(Fault.NM);
        }
        waitForUnit();
      }
      case FXSAVE -> save(in);
      case FXRSTOR -> restore(in);
      // The escapes D8 to DF have operation tables of their own.
      default -> escape(in);
    }
  }

  /**
   * What precedes every MMX instruction but EMMS: availability, exceptions that are pending; then
   * all registers are valid and the top of the stack is the first.
   */
  void beforeMmx() {
    mmxAvailable();
    c.x87.top = 0;
    c.x87.empty = 0;
  }

  /** The exceptions that every MMX instruction, EMMS too, may raise before it does anything. */
  void mmxAvailable() {
    if ((c.cr0 & ControlRegisters.CR0_EM) != 0) {
      throw Fault.ud();
    }
    if ((c.cr0 & ControlRegisters.CR0_TS) != 0) {
      throw Fault.of(Fault.NM);
    }
    waitForUnit();
  }

  private void available() {
    if ((c.cr0 & (ControlRegisters.CR0_EM | ControlRegisters.CR0_TS)) != 0) {
      throw Fault.of(Fault.NM);
    }
  }

  /** Faults where an exception is pending: by #MF, or as a PC does it, through FERR and IRQ 13. */
  private void waitForUnit() {
    if (!c.x87.pending()) {
      return;
    }
    if ((c.cr0 & ControlRegisters.CR0_NE) != 0) {
      throw Fault.of(Fault.MF);
    }
    if (!c.ferr) {
      c.ferr = true;
      c.platform.pin(c.now(), c.id, Pin.FERR, true);
      c.mmu.disturbed = true;
    }
  }

  private void escape(Insn in) {
    available();
    int opcode = in.opcode;
    int modrm = in.modrm;
    X87 f = c.x87;
    if (X87Escape.waits(opcode, modrm)) {
      waitForUnit();
    }
    int reg = modrm >> 3 & 7;
    if (modrm >= 0xC0) {
      registers(opcode, modrm);
      if (X87Escape.isControl(opcode, modrm)) {
        clearFerr();
        return;
      }
    } else if (X87Escape.sourceBytes(opcode, reg) > 0) {
      load(in, opcode, reg);
    } else if (X87Escape.destinationBytes(opcode, reg) > 0) {
      store(in, opcode, reg);
    } else {
      control(in);
      return;
    }
    f.opcode = (opcode & 7) << 8 | modrm;
    f.instructionSelector = c.selector[Cpu.CS];
    f.instructionOffset = c.rip;
    clearFerr();
  }

  private void clearFerr() {
    if (c.ferr && !c.x87.pending()) {
      c.ferr = false;
      c.platform.pin(c.now(), c.id, Pin.FERR, false);
      c.mmu.disturbed = true;
    }
  }

  private void registers(int opcode, int modrm) {
    if (opcode == 0xDF && modrm == 0xE0) {
      Alu.write(c, Cpu.RAX, c.x87.statusWord(), 2);
      return;
    }
    if (!X87Escape.usesFlags(opcode, modrm)) {
      X87Escape.register(c.x87, opcode, modrm, 0);
      return;
    }
    int before = c.flags();
    int after = X87Escape.register(c.x87, opcode, modrm, before);
    if (after != before) {
      c.setArithmeticFlags(after & Flags.ARITHMETIC);
    }
  }

  private void load(Insn in, int opcode, int reg) {
    int bytes = X87Escape.sourceBytes(opcode, reg);
    long offset = operands.offset(in);
    long linear = c.linear(in.segment, offset, bytes, false);
    c.mmu.probe(linear, bytes, Mmu.READ);
    long low = c.mmu.load(linear, Math.min(bytes, 8));
    int high = bytes == 10 ? c.mmu.load16(c.wrap(linear + 8)) : 0;
    pointer(in, offset);
    X87Escape.load(c.x87, opcode, reg, low, high);
  }

  private void store(Insn in, int opcode, int reg) {
    if ((c.x87.control & STORE_MASKS) != STORE_MASKS && suppressed(in, opcode, reg)) {
      return;
    }
    int bytes = X87Escape.destinationBytes(opcode, reg);
    long offset = operands.offset(in);
    long linear = c.linear(in.segment, offset, bytes, true);
    c.mmu.probe(linear, bytes, Mmu.WRITE);
    pointer(in, offset);
    X87 f = c.x87;
    long value = X87Escape.store(f, opcode, reg);
    if (f.storeSuppressed()) {
      return;
    }
    c.mmu.store(linear, Math.min(bytes, 8), value);
    if (bytes == 10) {
      c.mmu.store16(c.wrap(linear + 8), f.signExponent[X87.LATCH]);
    }
  }

  /**
   * Executes a store if it leaves memory alone for an exception that is not masked: then the
   * operand may be anywhere. Else does nothing.
   */
  private boolean suppressed(Insn in, int opcode, int reg) {
    X87.State before = c.x87.state();
    X87Escape.store(c.x87, opcode, reg);
    if (c.x87.storeSuppressed()) {
      pointer(in, operands.offset(in));
      return true;
    }
    c.x87.restore(before);
    return false;
  }

  private void pointer(Insn in, long offset) {
    c.x87.dataSelector = c.selector[in.segment];
    c.x87.dataOffset = offset;
  }

  // ---- control ----

  private void control(Insn in) {
    X87 f = c.x87;
    boolean wide = in.operandSize != 2;
    boolean real = c.paragraphs();
    switch (in.mnemonic) {
      case FLDCW -> f.controlWord((int) operands.read(in, 0));
      case FNSTCW -> operands.write(in, 0, f.control);
      case FNSTSW -> operands.write(in, 0, f.statusWord());
      case FLDENV ->
          X87Environment.fldenv(f, read(in, X87Environment.environmentBytes(wide)), wide, real);
      case FRSTOR ->
          X87Environment.frstor(f, read(in, X87Environment.stateBytes(wide)), wide, real);
      case FNSTENV -> {
        byte[] image = new byte[X87Environment.environmentBytes(wide)];
        long linear = probe(in, image.length);
        X87Environment.fnstenv(f, image, wide, real);
        write(linear, image);
      }
      case FNSAVE -> {
        byte[] image = new byte[X87Environment.stateBytes(wide)];
        long linear = probe(in, image.length);
        X87Environment.fnsave(f, image, wide, real);
        write(linear, image);
      }
      default -> throw new UnsupportedInstruction(in);
    }
    clearFerr();
  }

  private byte[] read(Insn in, int length) {
    long linear = operands.linear(in, length, false);
    byte[] image = new byte[length];
    for (int i = 0; i < length; i++) {
      image[i] = (byte) c.mmu.load8(c.wrap(linear + i));
    }
    return image;
  }

  /** Checks the rights to all of a range before a byte of it is written. */
  private long probe(Insn in, int length) {
    long linear = operands.linear(in, length, true);
    c.mmu.probe(linear, 1, Mmu.WRITE);
    c.mmu.probe(c.wrap(linear + length - 1), 1, Mmu.WRITE);
    return linear;
  }

  private void write(long linear, byte[] image) {
    for (int i = 0; i < image.length; i++) {
      c.mmu.store8(c.wrap(linear + i), image[i]);
    }
  }

  private long aligned(Insn in, boolean write) {
    available();
    // Unlike elsewhere, whether an address is canonical comes first; its last byte comes last.
    operands.linear(in, 1, write);
    operands.requireAligned(in);
    return operands.linear(in, FXSAVE_BYTES, write);
  }

  private void save(Insn in) {
    long linear = aligned(in, true);
    probe(in, FXSAVE_BYTES);
    byte[] image = new byte[FXSAVE_BYTES];
    for (int i = 0; i < FXSAVE_BYTES; i++) {
      image[i] = (byte) c.mmu.load8(c.wrap(linear + i));
    }
    X87Environment.fxsave(c.x87, image, in.operandSize == 8);
    if (savesXmm()) {
      X87Environment.saveXmm(c, image, xmmRegisters(in));
    }
    write(linear, image);
  }

  private void restore(Insn in) {
    aligned(in, false);
    byte[] image = read(in, FXSAVE_BYTES);
    if (savesXmm()) {
      if ((X87Environment.mxcsr(image) & ~X87Environment.mxcsrMask(c.model)) != 0) {
        throw Fault.gp(0);
      }
      X87Environment.restoreXmm(c, image, xmmRegisters(in));
    }
    X87Environment.fxrstor(c.x87, image, in.operandSize == 8);
    clearFerr();
  }

  /** Whether FXSAVE and FXRSTOR include the state of SSE; without the bit that is open. */
  private boolean savesXmm() {
    return (c.cr4 & ControlRegisters.CR4_OSFXSR) != 0;
  }

  private static int xmmRegisters(Insn in) {
    return in.mode == 64 ? 16 : 8;
  }
}
