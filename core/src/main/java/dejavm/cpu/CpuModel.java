package dejavm.cpu;

import static dejavm.cpu.CpuFeature.AES;
import static dejavm.cpu.CpuFeature.APIC;
import static dejavm.cpu.CpuFeature.ARCH_CAPABILITIES;
import static dejavm.cpu.CpuFeature.CLFSH;
import static dejavm.cpu.CpuFeature.CMOV;
import static dejavm.cpu.CpuFeature.CX16;
import static dejavm.cpu.CpuFeature.CX8;
import static dejavm.cpu.CpuFeature.DE;
import static dejavm.cpu.CpuFeature.FPU;
import static dejavm.cpu.CpuFeature.FXSR;
import static dejavm.cpu.CpuFeature.LAHF64;
import static dejavm.cpu.CpuFeature.LM;
import static dejavm.cpu.CpuFeature.MCA;
import static dejavm.cpu.CpuFeature.MCE;
import static dejavm.cpu.CpuFeature.MMX;
import static dejavm.cpu.CpuFeature.MONITOR;
import static dejavm.cpu.CpuFeature.MOVBE;
import static dejavm.cpu.CpuFeature.MSR;
import static dejavm.cpu.CpuFeature.MTRR;
import static dejavm.cpu.CpuFeature.NX;
import static dejavm.cpu.CpuFeature.PAE;
import static dejavm.cpu.CpuFeature.PAT;
import static dejavm.cpu.CpuFeature.PCID;
import static dejavm.cpu.CpuFeature.PCLMULQDQ;
import static dejavm.cpu.CpuFeature.PDPE1GB;
import static dejavm.cpu.CpuFeature.PGE;
import static dejavm.cpu.CpuFeature.POPCNT;
import static dejavm.cpu.CpuFeature.PSE;
import static dejavm.cpu.CpuFeature.PSE36;
import static dejavm.cpu.CpuFeature.RDRAND;
import static dejavm.cpu.CpuFeature.RDTSCP;
import static dejavm.cpu.CpuFeature.SEP;
import static dejavm.cpu.CpuFeature.SMAP;
import static dejavm.cpu.CpuFeature.SMEP;
import static dejavm.cpu.CpuFeature.SSE;
import static dejavm.cpu.CpuFeature.SSE2;
import static dejavm.cpu.CpuFeature.SSE3;
import static dejavm.cpu.CpuFeature.SSE4_1;
import static dejavm.cpu.CpuFeature.SSE4_2;
import static dejavm.cpu.CpuFeature.SSSE3;
import static dejavm.cpu.CpuFeature.SYSCALL;
import static dejavm.cpu.CpuFeature.TSC;
import static dejavm.cpu.CpuFeature.UMIP;
import static dejavm.cpu.CpuFeature.VME;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Which processor the guest finds: what CPUID says, which instructions there are, how fast the
 * time-stamp counter runs.
 *
 * @param name as on the command line and in the recording's header
 * @param vendor the twelve characters of CPUID leaf 0
 * @param brand up to 47 characters, CPUID leaves 80000002 to 80000004
 * @param signature family, model and stepping as in EAX of CPUID leaf 1
 * @param features exactly what is there: a bit for each {@link CpuFeature}
 * @param tscFrequency ticks of the time-stamp counter in a second of guest time
 */
public record CpuModel(
    String name, String vendor, String brand, int signature, long features, long tscFrequency) {

  private static final long SSE_ERA =
      set(FPU, VME, DE, PSE, TSC, MSR, PAE, MCE, CX8, APIC, SEP, MTRR, PGE, MCA, CMOV, PAT, PSE36)
          | set(MMX, FXSR, SSE);

  private static final long BASELINE = SSE_ERA | set(CLFSH, SSE2, SYSCALL, NX, LM);

  private static final long V2 = BASELINE | set(SSE3, SSSE3, CX16, SSE4_1, SSE4_2, POPCNT, LAHF64);

  /** The last 32-bit processor of the P6 family: MMX and SSE. */
  public static final CpuModel PENTIUM3 = intel("pentium3", "Pentium III", 0x00000683, SSE_ERA);

  /** The first processors with SSSE3, 64 bits and MONITOR. */
  public static final CpuModel CORE2 =
      intel("core2", "Core 2", 0x000006FB, BASELINE | set(SSE3, SSSE3, MONITOR, CX16, LAHF64));

  /** The first level of the x86-64 psABI: what every 64-bit processor has. */
  public static final CpuModel X86_64_V1 = intel("x86-64-v1", "x86-64-v1", 0x00000F41, BASELINE);

  /** The second level of the psABI, and what processors with it had beside that. */
  public static final CpuModel X86_64_V2 =
      intel(
          "x86-64-v2",
          "x86-64-v2",
          0x000206A7,
          V2
              | set(MONITOR, MOVBE, AES, PCLMULQDQ, RDRAND, PCID, PDPE1GB, RDTSCP)
              | set(SMEP, SMAP, UMIP, ARCH_CAPABILITIES));

  /** All models, the oldest first. */
  public static final List<CpuModel> ALL = List.of(PENTIUM3, CORE2, X86_64_V1, X86_64_V2);

  /** What a machine has unless it is told otherwise. */
  public static final CpuModel DEFAULT = X86_64_V2;

  private static CpuModel intel(String name, String brand, int signature, long features) {
    return new CpuModel(
        name, "GenuineIntel", "DejaVM virtual " + brand, signature, features, 1_000_000_000L);
  }

  private static long set(CpuFeature... features) {
    long set = 0;
    for (CpuFeature feature : features) {
      set |= feature.mask();
    }
    return set;
  }

  public boolean has(CpuFeature feature) {
    return (features & feature.mask()) != 0;
  }

  /** This model with more features. */
  public CpuModel with(CpuFeature... more) {
    return new CpuModel(name, vendor, brand, signature, features | set(more), tscFrequency);
  }

  /** This model with some features less. */
  public CpuModel without(CpuFeature... fewer) {
    return new CpuModel(name, vendor, brand, signature, features & ~set(fewer), tscFrequency);
  }

  /** The bits of a word of CPUID. */
  public int cpuid(CpuFeature.Word word) {
    int bits = 0;
    for (CpuFeature feature : CpuFeature.values()) {
      if (feature.word == word && has(feature)) {
        bits |= 1 << feature.bit;
      }
    }
    return bits;
  }

  /**
   * Whether this processor carries out the instructions that came with a feature.
   *
   * @param introducedWith as in the opcode table: a processor ({@code 486}) or a CPUID feature
   */
  public boolean carriesOut(String introducedWith) {
    return switch (introducedWith) {
      case "8086", "186", "286", "287", "386", "386SL", "387", "486", "FPU", "NOP", "RDPMC" -> true;
      default -> {
        for (CpuFeature feature : CpuFeature.values()) {
          if (feature.title().equals(introducedWith)) {
            yield has(feature);
          }
        }
        yield false;
      }
    };
  }

  /**
   * A model by its name.
   *
   * @throws IllegalArgumentException where there is none of that name
   */
  public static CpuModel named(String name) {
    for (CpuModel model : ALL) {
      if (model.name.equals(name)) {
        return model;
      }
    }
    throw new IllegalArgumentException(
        "no such CPU model: "
            + name
            + " (there are "
            + ALL.stream().map(CpuModel::name).collect(Collectors.joining(", "))
            + ")");
  }

  /** This model with another time-stamp counter frequency. */
  public CpuModel at(long newTscFrequency) {
    return new CpuModel(name, vendor, brand, signature, features, newTscFrequency);
  }
}
