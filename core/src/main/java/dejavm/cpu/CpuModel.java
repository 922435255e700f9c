package dejavm.cpu;

/**
 * Which processor the guest finds: what CPUID says, which instructions there are, how fast the
 * time-stamp counter runs.
 *
 * @param name as on the command line and in the recording's header
 * @param vendor the twelve characters of CPUID leaf 0
 * @param brand up to 47 characters, CPUID leaves 80000002 to 80000004
 * @param signature family, model and stepping as in EAX of CPUID leaf 1
 * @param features EDX of CPUID leaf 1: exactly what is there
 * @param moreFeatures ECX of CPUID leaf 1
 * @param tscFrequency ticks of the time-stamp counter in a second of guest time
 */
public record CpuModel(
    String name,
    String vendor,
    String brand,
    int signature,
    int features,
    int moreFeatures,
    long tscFrequency) {

  public static final int FPU = 1;
  public static final int VME = 2;
  public static final int DE = 4;
  public static final int PSE = 8;
  public static final int TSC = 0x10;
  public static final int MSR = 0x20;
  public static final int PAE = 0x40;
  public static final int MCE = 0x80;
  public static final int CX8 = 0x100;
  public static final int SEP = 0x800;
  public static final int PGE = 0x2000;
  public static final int CMOV = 0x8000;
  public static final int PAT = 0x10000;
  public static final int FXSR = 0x1000000;

  /** A P6-class processor without MMX and SSE. */
  public static final CpuModel P6 =
      new CpuModel(
          "p6",
          "GenuineIntel",
          "DejaVM virtual P6",
          0x00000683,
          FPU | TSC | MSR | PSE | PAE | CX8 | SEP | PGE | CMOV | PAT | FXSR,
          0,
          1_000_000_000L);

  public boolean has(int feature) {
    return (features & feature) == feature;
  }

  /**
   * Whether this processor carries out the instructions that came with a feature.
   *
   * @param introducedWith as in the opcode table: a processor ({@code 486}) or a CPUID feature
   */
  public boolean carriesOut(String introducedWith) {
    return switch (introducedWith) {
      case "8086", "186", "286", "287", "386", "386SL", "387", "486", "FPU", "NOP", "RDPMC" -> true;
      case "CMOV" -> has(CMOV);
      case "CX8" -> has(CX8);
      case "FXSR" -> has(FXSR);
      case "MSR" -> has(MSR);
      case "SEP" -> has(SEP);
      case "TSC" -> has(TSC);
      default -> false;
    };
  }

  /**
   * A model by its name.
   *
   * @throws IllegalArgumentException where there is none of that name
   */
  public static CpuModel named(String name) {
    if (!name.equals(P6.name)) {
      throw new IllegalArgumentException("no such CPU model: " + name);
    }
    return P6;
  }

  /** This model with another time-stamp counter frequency. */
  public CpuModel at(long newTscFrequency) {
    return new CpuModel(name, vendor, brand, signature, features, moreFeatures, newTscFrequency);
  }
}
