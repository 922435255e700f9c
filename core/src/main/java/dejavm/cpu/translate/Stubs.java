package dejavm.cpu.translate;

import static dejavm.cpu.translate.Assembler.R10;
import static dejavm.cpu.translate.Assembler.R11;
import static dejavm.cpu.translate.Assembler.R12;
import static dejavm.cpu.translate.Assembler.R13;
import static dejavm.cpu.translate.Assembler.R14;
import static dejavm.cpu.translate.Assembler.R15;
import static dejavm.cpu.translate.Assembler.R9;
import static dejavm.cpu.translate.Assembler.RBP;
import static dejavm.cpu.translate.Assembler.RBX;
import static dejavm.cpu.translate.Assembler.RDI;
import static dejavm.cpu.translate.Assembler.RSI;
import static dejavm.cpu.translate.Assembler.RSP;

/**
 * The way into translated code and the ways out of it. In comes the workspace's base in RDI and the
 * code's address in RSI, as the System V calling convention has it; what a callee has to preserve
 * is on the host's stack meanwhile.
 */
final class Stubs {
  // Reasons for leaving.
  static final int BUDGET = 1;
  static final int MISS = 2;
  static final int STEP = 3;
  static final int EDGE = 4;
  static final int LOOKUP = 5;
  static final int XMM = 6;
  static final int X87 = 7;
  static final int CROSS = 8;

  private static final int[] PRESERVED = {RBX, RBP, R12, R13, R14, R15};

  private final Assembler a;
  private final HostFeatures features;

  final long enter;
  final long budget;
  final long miss;
  final long step;
  final long edge;

  /** R9 holds where to go on. */
  final long lookup;

  /** The XMM registers are needed. */
  final long xmm;

  /** The x87's registers are needed. */
  final long x87;

  /** It is not known that the rest of an instruction is in the page that it was in. */
  final long cross;

  /** The end of the stubs. */
  final long end;

  Stubs(Assembler assembler, CodeMemory memory, HostFeatures features) {
    a = assembler;
    this.features = features;
    a.begin(memory.here());
    enter = a.here();
    enter();
    long exit = a.here();
    exit();
    budget = reason(BUDGET, exit);
    miss = reason(MISS, exit);
    step = reason(STEP, exit);
    edge = reason(EDGE, exit);
    lookup = reason(LOOKUP, exit);
    xmm = reason(XMM, exit);
    x87 = reason(X87, exit);
    cross = reason(CROSS, exit);
    memory.append(a.bytes(), a.size());
    end = memory.here();
  }

  private int state(int place) {
    return a.at(R15, place);
  }

  private void enter() {
    for (int register : PRESERVED) {
      a.push(register);
    }
    a.with(Assembler.SUB, 8, RSP, 8);
    a.copy(R15, RDI);
    a.copy(R11, RSI);
    a.load(8, R13, state(Workspace.BUDGET));
    a.load(8, R9, state(Workspace.ADDRESS));
    a.load(8, R10, state(Workspace.GRANT));
    a.with(Assembler.CMP, 4, state(Workspace.XMM_LOADED), 0);
    int without = a.forward(Assembler.E);
    loadXmm();
    a.land(without);
    a.with(Assembler.CMP, 4, state(Workspace.X87_LOADED), 0);
    int withoutX87 = a.forward(Assembler.E);
    // FRSTOR.
    a.modrm(0xDD, 4, 4, state(Workspace.X87), 0);
    a.land(withoutX87);
    for (int register = 0; register < Emission.REGISTERS; register++) {
      if (Emission.host(register) >= 0) {
        a.load(8, Emission.host(register), state(Workspace.register(register)));
      }
    }
    a.jumpTo(R11);
  }

  private void exit() {
    for (int register = 0; register < Emission.REGISTERS; register++) {
      if (Emission.host(register) >= 0) {
        a.store(8, state(Workspace.register(register)), Emission.host(register));
      }
    }
    a.store(8, state(Workspace.BUDGET), R13);
    a.store(8, state(Workspace.ADDRESS), R9);
    a.with(Assembler.CMP, 4, state(Workspace.XMM_LOADED), 0);
    int without = a.forward(Assembler.E);
    unloadXmm();
    a.land(without);
    a.with(Assembler.CMP, 4, state(Workspace.X87_LOADED), 0);
    int withoutX87 = a.forward(Assembler.E);
    // FNSAVE, which leaves the unit as the calling convention wants it.
    a.modrm(0xDD, 4, 6, state(Workspace.X87), 0);
    a.land(withoutX87);
    a.with(Assembler.ADD, 8, RSP, 8);
    for (int i = PRESERVED.length - 1; i >= 0; i--) {
      a.pop(PRESERVED[i]);
    }
    a.ret();
  }

  private void loadXmm() {
    if (features.hasAvx()) {
      // VZEROUPPER: with something above them, XMM registers are slow.
      a.byte1(0xC5);
      a.byte1(0xF8);
      a.byte1(0x77);
    }
    // STMXCSR and LDMXCSR.
    a.modrm(Assembler.MAP_0F | 0xAE, 4, 3, state(Workspace.HOST_MXCSR), 0);
    a.modrm(Assembler.MAP_0F | 0xAE, 4, 2, state(Workspace.GUEST_MXCSR), 0);
    for (int i = 0; i < 16; i++) {
      // MOVUPS from memory.
      a.modrm(Assembler.MAP_0F | 0x10, 4, i, state(Workspace.XMM + 16 * i), 0);
    }
  }

  private void unloadXmm() {
    for (int i = 0; i < 16; i++) {
      // MOVUPS to memory.
      a.modrm(Assembler.MAP_0F | 0x11, 4, i, state(Workspace.XMM + 16 * i), 0);
    }
    a.modrm(Assembler.MAP_0F | 0xAE, 4, 3, state(Workspace.GUEST_MXCSR), 0);
    a.modrm(Assembler.MAP_0F | 0xAE, 4, 2, state(Workspace.HOST_MXCSR), 0);
  }

  private long reason(int reason, long exit) {
    long at = a.here();
    a.storeConstant(4, state(Workspace.REASON), reason);
    a.jump(exit);
    return at;
  }
}
