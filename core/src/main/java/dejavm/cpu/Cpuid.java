package dejavm.cpu;

import dejavm.cpu.CpuFeature.Word;

/**
 * CPUID: what the processor tells about itself, which is exactly what is there; only the caches are
 * made up, as those of a processor of the model's time, since there are none to be seen.
 *
 * <p>A leaf above the highest answers as the highest basic one. SYSCALL is told to 64-bit code
 * only, as the processors of Intel do. Source: SDM volume 2, CPUID, tables 3-8 and 3-12.
 */
public final class Cpuid {
  private static final int EXTENDED = 0x80000000;
  private static final int CACHE_LINE = 64;

  /** In leaf 80000007: the time-stamp counter never changes its pace, nor does it stop. */
  private static final int INVARIANT_TSC = 0x100;

  private static final int LINEAR_BITS = 48;

  // Types of caches in leaf 4.
  private static final int DATA = 1;
  private static final int INSTRUCTION = 2;
  private static final int UNIFIED = 3;

  private Cpuid() {}

  /** Answers the leaf in EAX, and the subleaf in ECX where it has any. */
  public static void answer(Cpu c) {
    int leaf = (int) c.r[Cpu.RAX];
    int subleaf = (int) c.r[Cpu.RCX];
    if (leaf < 0) {
      if (leaf - EXTENDED <= highestExtended(c.model) - EXTENDED) {
        extended(c, leaf);
        return;
      }
    } else if (leaf <= highest(c.model)) {
      basic(c, leaf, subleaf);
      return;
    }
    basic(c, highest(c.model), subleaf);
  }

  private static int highest(CpuModel model) {
    if (model.cpuid(Word.STRUCTURED) != 0 || model.cpuid(Word.MORE_STRUCTURED) != 0) {
      return 7;
    }
    return model.has(CpuFeature.MONITOR) ? 5 : model.has(CpuFeature.LM) ? 4 : 2;
  }

  private static int highestExtended(CpuModel model) {
    return EXTENDED + (model.has(CpuFeature.LM) ? 8 : 4);
  }

  private static void basic(Cpu c, int leaf, int subleaf) {
    CpuModel model = c.model;
    switch (leaf) {
      case 0 -> {
        String vendor = model.vendor();
        put(c, highest(model), letters(vendor, 0), letters(vendor, 8), letters(vendor, 4));
      }
      case 1 -> {
        int line = model.has(CpuFeature.CLFSH) ? CACHE_LINE / 8 << 8 : 0;
        int more = model.cpuid(Word.MORE_FEATURES);
        put(c, model.signature(), c.id << 24 | line, more, model.cpuid(Word.FEATURES));
      }
      case 2 -> descriptors(c);
      case 4 -> cache(c, subleaf);
      case 5 -> put(c, CACHE_LINE, CACHE_LINE, 0, 0);
      case 7 -> {
        if (subleaf == 0) {
          put(
              c,
              0,
              model.cpuid(Word.STRUCTURED),
              model.cpuid(Word.MORE_STRUCTURED),
              model.cpuid(Word.LAST_STRUCTURED));
        } else {
          put(c, 0, 0, 0, 0);
        }
      }
      default -> put(c, 0, 0, 0, 0);
    }
  }

  /**
   * Leaf 2: a byte for each cache and translation cache. Where there is leaf 4, it speaks for the
   * caches (FF); else there are 16 KiB each for code (08) and data (0C), 256 KiB behind them (82).
   */
  private static void descriptors(Cpu c) {
    if (c.model.has(CpuFeature.LM)) {
      put(c, 0x76035A01, 0x00F0B2FF, 0, 0x00CA0000);
    } else {
      put(c, 0x03020101, 0, 0, 0x0C040882);
    }
  }

  private static void cache(Cpu c, int subleaf) {
    switch (subleaf) {
      case 0 -> cache(c, DATA, 1, 64);
      case 1 -> cache(c, INSTRUCTION, 1, 64);
      case 2 -> cache(c, UNIFIED, 2, 512);
      default -> put(c, 0, 0, 0, 0);
    }
  }

  /** A cache of eight ways that one thread of one core uses. */
  private static void cache(Cpu c, int type, int level, int sets) {
    int selfInitializing = 0x100;
    put(c, type | level << 5 | selfInitializing, 7 << 22 | CACHE_LINE - 1, sets - 1, 0);
  }

  private static void extended(Cpu c, int leaf) {
    CpuModel model = c.model;
    switch (leaf - EXTENDED) {
      case 0 -> put(c, highestExtended(model), 0, 0, 0);
      case 1 -> {
        int features = model.cpuid(Word.EXTENDED);
        int hidden = c.code64() ? 0 : 1 << CpuFeature.SYSCALL.bit;
        put(c, 0, 0, model.cpuid(Word.MORE_EXTENDED), features & ~hidden);
      }
      case 2, 3, 4 -> {
        int at = 16 * (leaf - EXTENDED - 2);
        String brand = model.brand();
        put(
            c,
            letters(brand, at),
            letters(brand, at + 4),
            letters(brand, at + 8),
            letters(brand, at + 12));
      }
      // 256 KiB, eight ways (6), lines of 64 bytes: the same as leaf 4 says.
      case 6 -> put(c, 0, 0, 256 << 16 | 6 << 12 | CACHE_LINE, 0);
      case 7 -> put(c, 0, 0, 0, INVARIANT_TSC);
      case 8 -> put(c, LINEAR_BITS << 8 | Cpu.PHYSICAL_BITS, 0, 0, 0);
      default -> put(c, 0, 0, 0, 0);
    }
  }

  private static void put(Cpu c, int eax, int ebx, int ecx, int edx) {
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
