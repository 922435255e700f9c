package dejavm.oracle;

import dejavm.cpu.Cpu;
import dejavm.cpu.Fault;
import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;
import dejavm.cpu.decode.Operand;
import dejavm.cpu.decode.Row;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares what became of a case. Everything must agree but what the SDM leaves undefined, the
 * pointers to the last x87 instruction and operand, whose rules differ between models, and whether
 * a page is present that belongs to the system around the case.
 */
final class Comparison {
  private static final String[] NAMES = {
    "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
    "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"
  };

  private static final int OF = 0x800;
  private static final int CF = 1;
  private static final int PRESENT = 1;

  private final Image before;
  private final Image host;
  private final Image guest;
  private final Insn insn;
  private final Insn[] code;
  private final List<String> found = new ArrayList<>();

  private Comparison(Insn[] code, Image before, Image host, Image guest) {
    this.code = code;
    insn = code[0];
    this.before = before;
    this.host = host;
    this.guest = guest;
  }

  /** The fields that differ, as text; none where all is well. */
  static List<String> differences(
      Insn[] code, Image before, Image host, Image guest, GuestCpu system) {
    Comparison comparison = new Comparison(code, before, host, guest);
    comparison.compare(system);
    return comparison.found;
  }

  /** Whether the instruction did not fault; what ended the case then came after it. */
  private boolean completed() {
    long trap = host.field(Layout.TRAP);
    return trap == Fault.BP
        || trap == Fault.DB
        || host.field(Layout.RIP) != before.field(Layout.RIP);
  }

  private void compare(GuestCpu system) {
    if (atEnd() || isOfChild() || bothMayBe()) {
      return;
    }
    for (int i = 0; i < 16; i++) {
      boolean loaded = insn.mnemonic == Mnemonic.POPA && !completed() && i != Cpu.RSP;
      if (((host.r(i) ^ guest.r(i)) & counted(i)) != 0 && !loaded) {
        differ(NAMES[i], host.r(i), guest.r(i));
      }
    }
    field("rip", Layout.RIP);
    field("cs", Layout.CS);
    field("trap", Layout.TRAP);
    int undefined = code.length > 1 ? Sequences.undefinedFlags(code, before, host) : 0;
    undefined |= code.length == 1 && completed() ? undefinedFlags() : 0;
    long flags = (host.field(Layout.FLAGS) ^ guest.field(Layout.FLAGS)) & ~undefined;
    if (flags != 0) {
      differ("flags", host.field(Layout.FLAGS), guest.field(Layout.FLAGS));
    }
    long ignored = 0;
    if (host.field(Layout.TRAP) == Fault.PF) {
      if (!inParts()) {
        field("cr2", Layout.CR2);
      }
      boolean unknown = inParts() || system.isSystem(host.field(Layout.CR2));
      ignored = unknown ? PRESENT : 0;
    }
    if (((host.field(Layout.ERROR) ^ guest.field(Layout.ERROR)) & ~ignored) != 0) {
      differ("error", host.field(Layout.ERROR), guest.field(Layout.ERROR));
    }
    floats();
    // CALL stores the return address and then looks where it leads.
    if (code.length > 1 || completed() || !inParts() && insn.mnemonic != Mnemonic.CALL) {
      memory();
    }
  }

  /**
   * Whether an instruction has two reasons to fault and no order is said: of the operands of CMPS,
   * between the two bounds of BOUND, in the images of the x87.
   */
  private boolean bothMayBe() {
    boolean sameTrap = host.field(Layout.TRAP) == guest.field(Layout.TRAP);
    return (mayCome(host.field(Layout.TRAP)) || mayCome(guest.field(Layout.TRAP)))
        && switch (insn.mnemonic) {
          case CMPS -> !sameTrap || host.field(Layout.CR2) != guest.field(Layout.CR2);
          case BOUND -> !sameTrap;
          case MASKMOVQ, MASKMOVDQU -> sameTrap;
          default -> inParts() && !sameTrap;
        };
  }

  /** Whether a page was missed where the child may have its stack, and what the system gave it. */
  private boolean isOfChild() {
    return guest.field(Layout.TRAP) == Fault.PF
        && before.is64()
        && guest.field(Layout.CR2) >>> 40 == 0x7F;
  }

  private static boolean mayCome(long trap) {
    return trap == Fault.PF || trap == Fault.AC;
  }

  /** Whether a 32-bit access reached the end of the address space (SDM volume 3, 6.3). */
  private boolean atEnd() {
    if (before.is64()) {
      return false;
    }
    boolean refused = guest.field(Layout.TRAP) == Fault.GP || guest.field(Layout.TRAP) == Fault.SS;
    return refused && host.field(Layout.TRAP) == Fault.AC
        || host.field(Layout.TRAP) == Fault.PF && host.field(Layout.CR2) >= 0xFFFFF000L;
  }

  /**
   * Whether memory is accessed in several parts, in an order of the processor's own, so that a
   * fault comes after some of them. Ours checks all before the first.
   */
  private boolean inParts() {
    return switch (insn.mnemonic) {
      case FLDENV, FRSTOR, FNSTENV, FNSAVE, FXSAVE, FXRSTOR, FBLD, FBSTP, ENTER, PUSHA, POPA ->
          true;
      case MASKMOVQ, MASKMOVDQU -> true;
      case FLD, FSTP -> insn.operands[0].size() == 10;
      default -> false;
    };
  }

  /**
   * The bits of a register that count. In 64-bit code a repeated instruction with 32-bit addresses
   * may clear the upper halves of its counter and pointers even where it completes no iteration.
   */
  private long counted(int register) {
    boolean repeated =
        switch (insn.mnemonic) {
          case MOVS, CMPS, STOS, LODS, SCAS -> insn.rep || insn.repne;
          default -> false;
        };
    boolean used = register == Cpu.RCX || register == Cpu.RSI || register == Cpu.RDI;
    boolean none = !completed() || (int) before.r(Cpu.RCX) == 0;
    return repeated && used && none && insn.mode == 64 && insn.addressSize == 4 ? 0xFFFFFFFFL : -1;
  }

  private void field(String name, int offset) {
    if (host.field(offset) != guest.field(offset)) {
      differ(name, host.field(offset), guest.field(offset));
    }
  }

  private void differ(String name, long ofHost, long ofGuest) {
    found.add("%s: host %x guest %x".formatted(name, ofHost, ofGuest));
  }

  // ---- flags ----

  /** As the decoder says, but with the count known where it is in CL. */
  private int undefinedFlags() {
    int undefined = insn.flagsUndefined();
    if (!insn.row.flagsMayStay || insn.operands.length == 0) {
      return undefined;
    }
    Operand last = insn.operands[insn.operands.length - 1];
    int size = insn.operands[0].size();
    int mask = size == 8 ? 63 : 31;
    boolean immediate = last.kind() == Operand.Kind.IMM;
    int count = (int) (immediate ? insn.immediate : before.r(Cpu.RCX)) & mask;
    if (count == 0) {
      return 0;
    }
    if (count == 1) {
      undefined &= ~OF;
    }
    // What is shifted out is defined only as far as the operand goes.
    return switch (insn.mnemonic) {
      case SHL, SHR -> count >= 8 * size ? undefined | CF : undefined;
      case SHLD, SHRD -> count > 8 * size ? undefined | 0x8D5 : undefined;
      default -> undefined;
    };
  }

  // ---- x87 and SSE ----

  private void floats() {
    int fx = Layout.FX;
    shortField("fcw", fx + Layout.FCW);
    if (code.length == 1 && mmxStore() && !completed()) {
      return;
    }
    shortField("fsw", fx + Layout.FSW);
    if (host.byteAt(fx + Layout.FTW) != guest.byteAt(fx + Layout.FTW)) {
      differ("ftw", host.byteAt(fx + Layout.FTW), guest.byteAt(fx + Layout.FTW));
    }
    if (host.intAt(fx + Layout.MXCSR) != guest.intAt(fx + Layout.MXCSR)) {
      differ("mxcsr", host.intAt(fx + Layout.MXCSR), guest.intAt(fx + Layout.MXCSR));
    }
    for (int i = 0; i < 8; i++) {
      int at = fx + Layout.ST + 16 * i;
      if (host.field(at) != guest.field(at) || host.shortAt(at + 8) != guest.shortAt(at + 8)) {
        found.add(
            "st%d: host %04x:%016x guest %04x:%016x"
                .formatted(
                    i,
                    host.shortAt(at + 8),
                    host.field(at),
                    guest.shortAt(at + 8),
                    guest.field(at)));
      }
    }
    if (!host.same(guest, fx + Layout.XMM, 256)) {
      for (int i = 0; i < 16; i++) {
        int at = fx + Layout.XMM + 16 * i;
        if (!host.same(guest, at, 16)) {
          found.add(
              "xmm%d: host %016x:%016x guest %016x:%016x"
                  .formatted(
                      i, host.field(at + 8), host.field(at), guest.field(at + 8), guest.field(at)));
        }
      }
    }
  }

  /**
   * A store of an MMX register, which may set the tags and the top of the stack before it faults.
   */
  private boolean mmxStore() {
    return switch (insn.mnemonic) {
      case MOVD, MOVQ, MOVNTQ, MASKMOVQ -> insn.row.unit == Row.Unit.PACKED;
      default -> false;
    };
  }

  private void shortField(String name, int offset) {
    if (host.shortAt(offset) != guest.shortAt(offset)) {
      differ(name, host.shortAt(offset), guest.shortAt(offset));
    }
  }

  // ---- memory ----

  private void memory() {
    if (!host.same(guest, Layout.ZONES, Layout.ZONES_SIZE)) {
      int at = Layout.ZONES;
      for (int zone = 0; zone < Layout.ZONE_OFFSETS.length; zone++) {
        for (int i = 0; i < Layout.ZONE_LENGTHS[zone]; i += 8) {
          long offset = Layout.ZONE_OFFSETS[zone] + i;
          long mask = definedBytes(offset);
          if (((host.field(at + i) ^ guest.field(at + i)) & mask) != 0) {
            differ("data+%x".formatted(offset), host.field(at + i), guest.field(at + i));
          }
        }
        at += Layout.ZONE_LENGTHS[zone];
      }
    } else {
      field("sum of data", Layout.SUM);
    }
  }

  /** A mask of the bytes of a quadword of the data pages that are not pointers of the x87. */
  private long definedBytes(long offset) {
    int size =
        switch (insn.mnemonic) {
          case FNSTENV, FNSAVE, FXSAVE -> insn.operandSize;
          default -> 0;
        };
    if (size == 0) {
      return -1;
    }
    long start = Addresses.of(insn, before) - Layout.DATA & ~Layout.HIGH;
    long mask = 0;
    for (int i = 0; i < 8; i++) {
      if (!isPointer(offset + i - start, size)) {
        mask |= 0xFFL << 8 * i;
      }
    }
    return mask;
  }

  /** Whether a byte of an image of the x87 belongs to FOP, FIP, FCS, FDP or FDS. */
  private boolean isPointer(long at, int size) {
    return switch (insn.mnemonic) {
      case FXSAVE -> at >= 6 && at < 24;
      default -> size == 2 ? at >= 6 && at < 14 : at >= 12 && at < 26;
    };
  }
}
