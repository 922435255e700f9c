package dejavm.cpu;

import dejavm.bus.Space;

/**
 * Model-specific registers, and what else a processor tells about itself: CPUID and the counters.
 *
 * <p>A register that the model does not have is #GP(0), never a silent zero. Source: SDM volume 4;
 * volume 3, sections 11.12.4 (PAT) and 17.17 (TSC); volume 2, CPUID, RDTSC, RDPMC.
 */
public final class Msrs {
  private static final int TSC = 0x10;
  private static final int PLATFORM_ID = 0x17;
  private static final int APIC_BASE = 0x1B;
  private static final int UCODE_REV = 0x8B;
  private static final int SYSENTER_CS = 0x174;
  private static final int SYSENTER_ESP = 0x175;
  private static final int SYSENTER_EIP = 0x176;
  private static final int MISC_ENABLE = 0x1A0;
  private static final int PAT = 0x277;
  private static final int X2APIC = 0x800;

  /** The one bit of IA32_MISC_ENABLE that can be changed: fast strings. */
  private static final long MISC_WRITABLE = 1;

  /** Memory types that a PAT entry can hold: UC, WC, WT, WP, WB, UC-. */
  private static final int PAT_TYPES = 0b1111_0011;

  private static final int PERFORMANCE_COUNTERS = 2;

  private Msrs() {}

  /** RDMSR. */
  public static long read(Cpu c, int index) {
    SystemInstructions.requirePrivileged(c);
    requireModel(c, index);
    return switch (index) {
      case TSC -> c.tsc();
      case PLATFORM_ID, UCODE_REV -> 0;
      case SYSENTER_CS -> c.sysenterCs;
      case SYSENTER_ESP -> c.sysenterEsp;
      case SYSENTER_EIP -> c.sysenterEip;
      case MISC_ENABLE -> c.miscEnable;
      case PAT -> c.patMsr;
      default -> {
        // The board may have changed what the engine waits for.
        c.mmu.disturbed = true;
        yield c.platform.read(c.now(), c.id, Space.MSR, index & 0xFFFFFFFFL, 8);
      }
    };
  }

  /** WRMSR. */
  public static void write(Cpu c, int index, long value) {
    SystemInstructions.requirePrivileged(c);
    requireModel(c, index);
    switch (index) {
      case TSC -> c.tscOffset += value - c.tsc();
      case PLATFORM_ID -> throw Fault.gp(0);
      // Written with 0 before CPUID fills it in, where there is a microcode update to tell of.
      case UCODE_REV -> {}
      case SYSENTER_CS -> c.sysenterCs = value & 0xFFFFFFFFL;
      case SYSENTER_ESP -> c.sysenterEsp = value & 0xFFFFFFFFL;
      case SYSENTER_EIP -> c.sysenterEip = value & 0xFFFFFFFFL;
      case MISC_ENABLE -> {
        if ((value & ~MISC_WRITABLE) != 0) {
          throw Fault.gp(0);
        }
        c.miscEnable = value;
      }
      case PAT -> {
        checkPat(value);
        c.patMsr = value;
      }
      default -> {
        c.mmu.disturbed = true;
        c.platform.write(c.now(), c.id, Space.MSR, index & 0xFFFFFFFFL, 8, value);
      }
    }
  }

  private static void requireModel(Cpu c, int index) {
    boolean present =
        switch (index) {
          case TSC -> c.model.has(CpuFeature.TSC);
          case PLATFORM_ID, UCODE_REV, MISC_ENABLE -> true;
          case SYSENTER_CS, SYSENTER_ESP, SYSENTER_EIP -> c.model.has(CpuFeature.SEP);
          case PAT -> c.model.has(CpuFeature.PAT);
          default ->
              c.model.has(CpuFeature.APIC) && (index == APIC_BASE || (index & ~0x3FF) == X2APIC);
        };
    if (!present) {
      throw Fault.gp(0);
    }
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
    if ((c.cr4 & Cpu.CR4_TSD) != 0 && c.cpl != 0) {
      throw Fault.gp(0);
    }
    put(c, c.tsc());
  }

  /** RDPMC: the two counters of a P6, which count nothing. */
  public static void rdpmc(Cpu c) {
    boolean allowed = c.cpl == 0 || (c.cr4 & Cpu.CR4_PCE) != 0;
    if (!allowed || (c.r[Cpu.RCX] & 0xFFFFFFFFL) >= PERFORMANCE_COUNTERS) {
      throw Fault.gp(0);
    }
    put(c, 0);
  }

  private static void put(Cpu c, long value) {
    c.r[Cpu.RAX] = value & 0xFFFFFFFFL;
    c.r[Cpu.RDX] = value >>> 32;
  }

  // ---- CPUID ----

  /** CPUID: a leaf above the highest answers as the highest basic one. */
  public static void cpuid(Cpu c) {
    CpuModel model = c.model;
    int leaf = (int) c.r[Cpu.RAX];
    switch (leaf) {
      case 0 -> {
        String vendor = model.vendor();
        identify(c, 1, letters(vendor, 0), letters(vendor, 8), letters(vendor, 4));
      }
      case 0x80000000 -> identify(c, 0x80000004, 0, 0, 0);
      case 0x80000001 -> identify(c, 0, 0, 0, 0);
      case 0x80000002, 0x80000003, 0x80000004 -> {
        int at = 16 * (leaf - 0x80000002);
        String brand = model.brand();
        identify(
            c,
            letters(brand, at),
            letters(brand, at + 4),
            letters(brand, at + 8),
            letters(brand, at + 12));
      }
      default ->
          identify(
              c,
              model.signature(),
              0,
              model.cpuid(CpuFeature.Word.MORE_FEATURES),
              model.cpuid(CpuFeature.Word.FEATURES));
    }
  }

  private static void identify(Cpu c, int eax, int ebx, int ecx, int edx) {
    c.r[Cpu.RAX] = eax & 0xFFFFFFFFL;
    c.r[Cpu.RBX] = ebx & 0xFFFFFFFFL;
    c.r[Cpu.RCX] = ecx & 0xFFFFFFFFL;
    c.r[Cpu.RDX] = edx & 0xFFFFFFFFL;
  }

  /** Four characters of a name as a little-endian doubleword; zeros behind its end. */
  private static int letters(String name, int from) {
    int word = 0;
    for (int i = 0; i < 4 && from + i < name.length(); i++) {
      word |= (name.charAt(from + i) & 0xFF) << 8 * i;
    }
    return word;
  }
}
