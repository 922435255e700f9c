package dejavm.cpu;

import dejavm.bus.Space;

/**
 * Model-specific registers, and the counters.
 *
 * <p>A register that the model does not have is #GP(0), never a silent zero. Those of memory types
 * are {@link Mtrrs}, those of machine checks {@link MachineChecks}. Source: SDM volume 4; volume 2,
 * WRMSR, RDTSC, RDTSCP, RDPMC; volume 3, sections 5.8.8 (SYSCALL), 11.12.4 (PAT) and 17.17 (TSC).
 */
public final class Msrs {
  private static final int TSC = 0x10;
  private static final int PLATFORM_ID = 0x17;
  public static final int APIC_BASE = 0x1B;

  /** The bits of IA32_APIC_BASE that can be written: an address, whether it is enabled, BSP. */
  private static final long APIC_BASE_BITS = (1L << Cpu.PHYSICAL_BITS) - 1 & ~0x6FFL;

  private static final int UCODE_REV = 0x8B;
  private static final int ARCH_CAPABILITIES = 0x10A;
  private static final int SYSENTER_CS = 0x174;
  private static final int SYSENTER_ESP = 0x175;
  private static final int SYSENTER_EIP = 0x176;
  private static final int MISC_ENABLE = 0x1A0;
  private static final int PAT = 0x277;

  /** The task priority, as an APIC in x2APIC mode would have it; software does not get here. */
  public static final int TASK_PRIORITY = 0x808;

  private static final int EFER = 0xC0000080;
  private static final int STAR = 0xC0000081;
  private static final int LSTAR = 0xC0000082;
  private static final int CSTAR = 0xC0000083;
  private static final int SFMASK = 0xC0000084;
  private static final int FS_BASE = 0xC0000100;
  private static final int GS_BASE = 0xC0000101;
  private static final int KERNEL_GS_BASE = 0xC0000102;
  private static final int TSC_AUX = 0xC0000103;

  /** The one bit of IA32_MISC_ENABLE that can be changed: fast strings. */
  private static final long MISC_WRITABLE = 1;

  /** The bit of IA32_MISC_ENABLE that says that there are MONITOR and MWAIT. */
  private static final long MISC_MONITOR = 1 << 18;

  /** IA32_PAT after a reset: WB, WT, UC-, UC, and again. */
  private static final long PAT_RESET = 0x0007040600070406L;

  /** Memory types that a PAT entry can hold: UC, WC, WT, WP, WB, UC-. */
  private static final int PAT_TYPES = 0b1111_0011;

  /**
   * IA32_ARCH_CAPABILITIES: what processors that speculate leak, this one does not (RDCL_NO,
   * SKIP_L1DFL_VMENTRY, SSB_NO, MDS_NO, IF_PSCHANGE_MC_NO, TAA_NO, SBDR_SSDP_NO, FBSDP_NO,
   * PSDP_NO). So kernels need no tables of their own for user code, which cost a load of CR3 in
   * each system call.
   */
  private static final long NOTHING_LEAKS = 0xE179;

  private static final int PERFORMANCE_COUNTERS = 2;

  private Msrs() {}

  /** RDMSR. */
  public static long read(Cpu c, int index) {
    SystemInstructions.requirePrivileged(c);
    requireModel(c, index);
    if (Mtrrs.has(index)) {
      return c.mtrrs.read(index);
    }
    if (MachineChecks.has(index)) {
      return c.machineChecks.read(index);
    }
    return switch (index) {
      case TSC -> c.tsc();
      case PLATFORM_ID, UCODE_REV -> 0;
      case SYSENTER_CS -> c.sysenterCs;
      case SYSENTER_ESP -> c.sysenterEsp;
      case SYSENTER_EIP -> c.sysenterEip;
      case MISC_ENABLE -> c.miscEnable | miscFixed(c.model);
      case PAT -> c.patMsr;
      case EFER -> c.efer;
      case STAR -> c.star;
      case LSTAR -> c.lstar;
      case CSTAR -> c.cstar;
      case SFMASK -> c.sfmask;
      case FS_BASE -> c.base[Cpu.FS];
      case GS_BASE -> c.base[Cpu.GS];
      case KERNEL_GS_BASE -> c.kernelGsBase;
      case TSC_AUX -> c.tscAux;
      case ARCH_CAPABILITIES -> NOTHING_LEAKS;
      default -> {
        // The board may have changed what the engine waits for.
        c.mmu.disturbed = true;
        yield c.platform.read(c.now(), c.id, Space.MSR, APIC_BASE, 8);
      }
    };
  }

  /** WRMSR. */
  public static void write(Cpu c, int index, long value) {
    SystemInstructions.requirePrivileged(c);
    requireModel(c, index);
    if (Mtrrs.has(index)) {
      c.mtrrs.write(index, value);
      return;
    }
    if (MachineChecks.has(index)) {
      c.machineChecks.write(index, value);
      return;
    }
    switch (index) {
      case TSC -> c.tscOffset += value - c.tsc();
      case PLATFORM_ID, ARCH_CAPABILITIES -> throw Fault.gp(0);
      // Written with 0 before CPUID fills it in, where there is a microcode update to tell of.
      case UCODE_REV -> {}
      case SYSENTER_CS -> c.sysenterCs = value & 0xFFFFFFFFL;
      case SYSENTER_ESP -> c.sysenterEsp = pointer(c, value);
      case SYSENTER_EIP -> c.sysenterEip = pointer(c, value);
      case MISC_ENABLE -> {
        if ((value & ~MISC_WRITABLE) != miscFixed(c.model)) {
          throw Fault.gp(0);
        }
        c.miscEnable = value & MISC_WRITABLE;
      }
      case PAT -> {
        checkPat(value);
        c.patMsr = value;
      }
      case EFER -> ControlRegisters.loadEfer(c, value);
      case STAR -> c.star = value;
      case LSTAR -> c.lstar = pointer(c, value);
      case CSTAR -> c.cstar = pointer(c, value);
      case SFMASK -> c.sfmask = low(value);
      case FS_BASE -> Segments.rebase(c, Cpu.FS, pointer(c, value));
      case GS_BASE -> Segments.rebase(c, Cpu.GS, pointer(c, value));
      case KERNEL_GS_BASE -> c.kernelGsBase = pointer(c, value);
      case TSC_AUX -> c.tscAux = low(value);
      default -> {
        if ((value & ~APIC_BASE_BITS) != 0) {
          throw Fault.gp(0);
        }
        board(c, APIC_BASE, value);
      }
    }
  }

  /** What RESET does to those that the processor keeps, but for EFER and the time-stamp counter. */
  static void reset(Cpu c) {
    c.sysenterCs = 0;
    c.sysenterEsp = 0;
    c.sysenterEip = 0;
    c.patMsr = PAT_RESET;
    c.mtrrs.reset();
    c.machineChecks.reset();
    c.miscEnable = 1;
    c.star = 0;
    c.lstar = 0;
    c.cstar = 0;
    c.sfmask = 0;
    c.kernelGsBase = 0;
    c.tscAux = 0;
  }

  /** Tells the local APIC of CR8. */
  static void taskPriority(Cpu c) {
    if (c.model.has(CpuFeature.APIC)) {
      board(c, TASK_PRIORITY, c.cr8);
    }
  }

  private static void board(Cpu c, int index, long value) {
    c.mmu.disturbed = true;
    c.platform.write(c.now(), c.id, Space.MSR, index, 8, value);
  }

  private static void requireModel(Cpu c, int index) {
    boolean present =
        switch (index) {
          case TSC -> c.model.has(CpuFeature.TSC);
          case PLATFORM_ID, UCODE_REV, MISC_ENABLE -> true;
          case SYSENTER_CS, SYSENTER_ESP, SYSENTER_EIP -> c.model.has(CpuFeature.SEP);
          case PAT -> c.model.has(CpuFeature.PAT);
          case EFER -> ControlRegisters.hasEfer(c.model);
          case STAR, LSTAR, CSTAR, SFMASK, FS_BASE, GS_BASE, KERNEL_GS_BASE ->
              c.model.has(CpuFeature.LM);
          case TSC_AUX -> c.model.has(CpuFeature.RDTSCP);
          case ARCH_CAPABILITIES -> c.model.has(CpuFeature.ARCH_CAPABILITIES);
          case APIC_BASE -> c.model.has(CpuFeature.APIC);
          default ->
              Mtrrs.has(index) && c.model.has(CpuFeature.MTRR)
                  || MachineChecks.has(index) && c.model.has(CpuFeature.MCA);
        };
    if (!present) {
      throw Fault.gp(0);
    }
  }

  private static long miscFixed(CpuModel model) {
    return model.has(CpuFeature.MONITOR) ? MISC_MONITOR : 0;
  }

  /** An address: it must be canonical, or has 32 bits on a processor of 32 bits. */
  private static long pointer(Cpu c, long value) {
    if (!c.model.has(CpuFeature.LM)) {
      return value & 0xFFFFFFFFL;
    }
    if (!Cpu.canonical(value)) {
      throw Fault.gp(0);
    }
    return value;
  }

  /** A value of 32 bits, above which all are reserved. */
  private static long low(long value) {
    if (value >>> 32 != 0) {
      throw Fault.gp(0);
    }
    return value;
  }

  private static void checkPat(long value) {
    for (int i = 0; i < 64; i += 8) {
      int type = (int) (value >>> i) & 0xFF;
      if (type > 7 || (PAT_TYPES >> type & 1) == 0) {
        throw Fault.gp(0);
      }
    }
  }

  // ---- counters ----

  /** RDTSC: into EDX:EAX. */
  public static void rdtsc(Cpu c) {
    if ((c.cr4 & ControlRegisters.CR4_TSD) != 0 && c.cpl != 0) {
      throw Fault.gp(0);
    }
    put(c, c.tsc());
  }

  /** RDTSCP: and into ECX what the operating system left in TSC_AUX, its number of this CPU. */
  public static void rdtscp(Cpu c) {
    rdtsc(c);
    c.r[Cpu.RCX] = c.tscAux;
  }

  /** RDPMC: the two counters of a P6, which count nothing. */
  public static void rdpmc(Cpu c) {
    boolean allowed = c.cpl == 0 || (c.cr4 & ControlRegisters.CR4_PCE) != 0;
    if (!allowed || (c.r[Cpu.RCX] & 0xFFFFFFFFL) >= PERFORMANCE_COUNTERS) {
      throw Fault.gp(0);
    }
    put(c, 0);
  }

  private static void put(Cpu c, long value) {
    c.r[Cpu.RAX] = value & 0xFFFFFFFFL;
    c.r[Cpu.RDX] = value >>> 32;
  }
}
