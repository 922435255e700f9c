package dejavm.cpu;

import java.util.Locale;

/**
 * What a processor may have, and where CPUID tells of it. Source: SDM volume 2, CPUID; for leaf
 * 80000001, AMD APM volume 3 (24594), appendix E.
 */
public enum CpuFeature {
  FPU(Word.FEATURES, 0),
  VME(Word.FEATURES, 1),
  DE(Word.FEATURES, 2),
  PSE(Word.FEATURES, 3),
  TSC(Word.FEATURES, 4),
  MSR(Word.FEATURES, 5),
  PAE(Word.FEATURES, 6),
  MCE(Word.FEATURES, 7),
  CX8(Word.FEATURES, 8),
  APIC(Word.FEATURES, 9),
  SEP(Word.FEATURES, 11),
  MTRR(Word.FEATURES, 12),
  PGE(Word.FEATURES, 13),
  MCA(Word.FEATURES, 14),
  CMOV(Word.FEATURES, 15),
  PAT(Word.FEATURES, 16),
  PSE36(Word.FEATURES, 17),
  CLFSH(Word.FEATURES, 19),
  MMX(Word.FEATURES, 23),
  FXSR(Word.FEATURES, 24),
  SSE(Word.FEATURES, 25),
  SSE2(Word.FEATURES, 26),
  SSE3(Word.MORE_FEATURES, 0),
  PCLMULQDQ(Word.MORE_FEATURES, 1),
  MONITOR(Word.MORE_FEATURES, 3),
  SSSE3(Word.MORE_FEATURES, 9),
  CX16(Word.MORE_FEATURES, 13),
  PCID(Word.MORE_FEATURES, 17),
  SSE4_1(Word.MORE_FEATURES, 19),
  SSE4_2(Word.MORE_FEATURES, 20),
  MOVBE(Word.MORE_FEATURES, 22),
  POPCNT(Word.MORE_FEATURES, 23),
  AES(Word.MORE_FEATURES, 25),
  RDRAND(Word.MORE_FEATURES, 30),
  HYPERVISOR(Word.MORE_FEATURES, 31),
  FSGSBASE(Word.STRUCTURED, 0),
  SMEP(Word.STRUCTURED, 7),
  INVPCID(Word.STRUCTURED, 10),
  RDSEED(Word.STRUCTURED, 18),
  SMAP(Word.STRUCTURED, 20),
  UMIP(Word.MORE_STRUCTURED, 2),
  ARCH_CAPABILITIES(Word.LAST_STRUCTURED, 29),
  SYSCALL(Word.EXTENDED, 11),
  NX(Word.EXTENDED, 20),
  PDPE1GB(Word.EXTENDED, 26),
  RDTSCP(Word.EXTENDED, 27),
  LM(Word.EXTENDED, 29),
  LAHF64(Word.MORE_EXTENDED, 0);

  /** The registers that features stand in. */
  public enum Word {
    /** Leaf 1, EDX. */
    FEATURES,
    /** Leaf 1, ECX. */
    MORE_FEATURES,
    /** Leaf 7, EBX. */
    STRUCTURED,
    /** Leaf 7, ECX. */
    MORE_STRUCTURED,
    /** Leaf 7, EDX. */
    LAST_STRUCTURED,
    /** Leaf 80000001, EDX. */
    EXTENDED,
    /** Leaf 80000001, ECX. */
    MORE_EXTENDED
  }

  public final Word word;

  /** The bit in its word, 0 to 31. */
  public final int bit;

  CpuFeature(Word word, int bit) {
    this.word = word;
    this.bit = bit;
  }

  /** As a set of one, for {@link CpuModel#features}. */
  long mask() {
    return 1L << ordinal();
  }

  /** The name that the opcode table and the SDM use: {@code SSE4.1}. */
  public String title() {
    return name().toUpperCase(Locale.ROOT).replace('_', '.');
  }
}
