package dejavm.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Prints the tables of docs/CPU.md from the models, and from what a processor of each model does:
 * its CPUID is executed, every MSR is read, every bit of the control registers is tried. As a
 * program, puts them into the file named.
 */
final class CpuPage {
  private static final String BEGIN = "<!-- Printed by dejavm.cpu.CpuPage; do not edit. -->\n";
  private static final String END = "<!-- End of what is printed. -->\n";

  /** Registers of these ranges are tried: the ones of a processor without virtual machines. */
  private static final int[] MSR_RANGES = {0, 0xC0000000};

  private static final int MSR_RANGE = 0x2000;

  private static final Map<Integer, String> MSR_NAMES =
      Map.ofEntries(
          Map.entry(0x10, "IA32_TIME_STAMP_COUNTER"),
          Map.entry(0x17, "IA32_PLATFORM_ID"),
          Map.entry(0x1B, "IA32_APIC_BASE"),
          Map.entry(0x8B, "IA32_BIOS_SIGN_ID"),
          Map.entry(0xFE, "IA32_MTRRCAP"),
          Map.entry(0x174, "IA32_SYSENTER_CS"),
          Map.entry(0x175, "IA32_SYSENTER_ESP"),
          Map.entry(0x176, "IA32_SYSENTER_EIP"),
          Map.entry(0x10A, "IA32_ARCH_CAPABILITIES"),
          Map.entry(0x179, "IA32_MCG_CAP"),
          Map.entry(0x17A, "IA32_MCG_STATUS"),
          Map.entry(0x17B, "IA32_MCG_CTL"),
          Map.entry(0x1A0, "IA32_MISC_ENABLE"),
          Map.entry(0x250, "IA32_MTRR_FIX64K_00000"),
          Map.entry(0x258, "IA32_MTRR_FIX16K_80000"),
          Map.entry(0x259, "IA32_MTRR_FIX16K_A0000"),
          Map.entry(0x277, "IA32_PAT"),
          Map.entry(0x2FF, "IA32_MTRR_DEF_TYPE"),
          Map.entry(0xC0000080, "IA32_EFER"),
          Map.entry(0xC0000081, "IA32_STAR"),
          Map.entry(0xC0000082, "IA32_LSTAR"),
          Map.entry(0xC0000083, "IA32_CSTAR"),
          Map.entry(0xC0000084, "IA32_FMASK"),
          Map.entry(0xC0000100, "IA32_FS_BASE"),
          Map.entry(0xC0000101, "IA32_GS_BASE"),
          Map.entry(0xC0000102, "IA32_KERNEL_GS_BASE"),
          Map.entry(0xC0000103, "IA32_TSC_AUX"));

  private static final List<String> BANK_REGISTERS = List.of("CTL", "STATUS", "ADDR", "MISC");

  /** The bits of CR4, from bit 0. */
  private static final List<String> CR4_NAMES =
      List.of(
          "VME",
          "PVI",
          "TSD",
          "DE",
          "PSE",
          "PAE",
          "MCE",
          "PGE",
          "PCE",
          "OSFXSR",
          "OSXMMEXCPT",
          "UMIP",
          "LA57",
          "VMXE",
          "SMXE",
          "bit 15",
          "FSGSBASE",
          "PCIDE",
          "OSXSAVE",
          "KL",
          "SMEP",
          "SMAP",
          "PKE",
          "CET",
          "PKS",
          "UINTR");

  private CpuPage() {}

  public static void main(String[] arguments) throws IOException {
    Path page = Path.of(arguments[0]);
    Files.writeString(page, with(Files.readString(page), tables()));
  }

  /** What of a page is printed by this. */
  static String printed(String page) {
    return page.substring(page.indexOf(BEGIN) + BEGIN.length(), page.indexOf(END));
  }

  private static String with(String page, String tables) {
    return page.substring(0, page.indexOf(BEGIN) + BEGIN.length())
        + tables
        + page.substring(page.indexOf(END));
  }

  static String tables() {
    return String.join("", models(), features(), leaves(), controls(), msrs());
  }

  // ---- tables ----

  private static String models() {
    List<String> rows = new ArrayList<>();
    rows.add(row("brand string", CpuModel::brand));
    rows.add(row("vendor", CpuModel::vendor));
    rows.add(row("CPUID signature", model -> "%08X".formatted(model.signature())));
    rows.add(row("family, model, stepping", CpuPage::family));
    rows.add(row("64-bit mode", model -> yes(model.has(CpuFeature.LM))));
    rows.add(row("time-stamp counter", model -> "%,d Hz".formatted(model.tscFrequency())));
    return "\n## Models\n\n" + table("", rows);
  }

  /** As SDM volume 2 computes them under CPUID. */
  private static String family(CpuModel model) {
    int signature = model.signature();
    int family = signature >> 8 & 0xF;
    int number = signature >> 4 & 0xF;
    if (family == 6 || family == 15) {
      number += signature >> 12 & 0xF0;
    }
    if (family == 15) {
      family += signature >> 20 & 0xFF;
    }
    return "%d, %d, %d".formatted(family, number, signature & 0xF);
  }

  private static String features() {
    List<String> rows = new ArrayList<>();
    List<String> absent = new ArrayList<>();
    for (CpuFeature feature : CpuFeature.values()) {
      if (CpuModel.ALL.stream().noneMatch(model -> model.has(feature))) {
        absent.add(feature.title());
      } else {
        String where = register(feature.word) + "." + feature.bit;
        rows.add(row(feature.title() + " | `" + where + "`", model -> yes(model.has(feature))));
      }
    }
    return "\n## Features\n\n"
        + "What CPUID tells, and so what is there. Of what this program knows by name, no model has\n"
        + String.join(", ", absent)
        + ".\n\n"
        + table(" | CPUID", rows);
  }

  private static String register(CpuFeature.Word word) {
    return switch (word) {
      case FEATURES -> "1:EDX";
      case MORE_FEATURES -> "1:ECX";
      case STRUCTURED -> "7:EBX";
      case MORE_STRUCTURED -> "7:ECX";
      case LAST_STRUCTURED -> "7:EDX";
      case EXTENDED -> "80000001:EDX";
      case MORE_EXTENDED -> "80000001:ECX";
    };
  }

  private static String leaves() {
    List<String> rows = new ArrayList<>();
    rows.add(row("highest basic leaf", model -> hex(cpuid(model, 0))));
    rows.add(row("highest extended leaf", model -> hex(cpuid(model, 0x80000000))));
    return "\n## CPUID leaves\n\n" + table("", rows);
  }

  private static int cpuid(CpuModel model, int leaf) {
    Cpu c = SystemFixture.protectedMode(model, 0).c;
    c.r[Cpu.RAX] = leaf & 0xFFFFFFFFL;
    c.r[Cpu.RCX] = 0;
    Cpuid.answer(c);
    return (int) c.r[Cpu.RAX];
  }

  private static String controls() {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < CR4_NAMES.size(); i++) {
      long bit = 1L << i;
      Predicate<CpuModel> writable = model -> takesCr4(model, bit);
      if (CpuModel.ALL.stream().anyMatch(writable)) {
        rows.add(row(CR4_NAMES.get(i), model -> yes(writable.test(model))));
      }
    }
    return "\n## Bits of CR4\n\nAll others raise #GP.\n\n" + table("", rows);
  }

  private static boolean takesCr4(CpuModel model, long bit) {
    SystemFixture f = SystemFixture.protectedMode(model, 0);
    if (bit == ControlRegisters.CR4_PCIDE) {
      // it needs IA-32e mode; its own condition on CR3 holds
      f.c.efer = ControlRegisters.EFER_LME | ControlRegisters.EFER_LMA;
      f.c.cr4 = ControlRegisters.CR4_PAE;
      bit |= ControlRegisters.CR4_PAE;
    }
    long value = bit;
    return !faults(() -> SystemInstructions.loadControl(f.c, 4, value));
  }

  private static String msrs() {
    List<String> rows = new ArrayList<>();
    Map<Integer, List<CpuModel>> having = new TreeMap<>(Integer::compareUnsigned);
    for (CpuModel model : CpuModel.ALL) {
      SystemFixture f = SystemFixture.protectedMode(model, 0);
      for (int range : MSR_RANGES) {
        IntStream.range(range, range + MSR_RANGE)
            .filter(index -> !faults(() -> Msrs.read(f.c, index)))
            .forEach(index -> having.computeIfAbsent(index, i -> new ArrayList<>()).add(model));
      }
    }
    having.forEach((index, models) ->
        rows.add(
            row("`%X` %s".formatted(index, msrName(index)), model -> yes(models.contains(model)))));
    return "\n## Model-specific registers\n\nAll others raise #GP.\n\n" + table("", rows);
  }

  private static String msrName(int index) {
    if (index >= 0x200 && index < 0x210) {
      return "IA32_MTRR_PHYS%s%d".formatted((index & 1) == 0 ? "BASE" : "MASK", index - 0x200 >> 1);
    }
    if (index >= 0x268 && index < 0x270) {
      return "IA32_MTRR_FIX4K_%X".formatted(0xC0000 + (index - 0x268 << 15));
    }
    if (index >= 0x400 && index < 0x420) {
      return "IA32_MC%d_%s".formatted(index - 0x400 >> 2, BANK_REGISTERS.get(index & 3));
    }
    return MSR_NAMES.get(index);
  }

  private static boolean faults(Runnable access) {
    try {
      access.run();
      return false;
    } catch (Fault fault) {
      return true;
    }
  }

  // ---- text ----

  private static String row(String name, Function<CpuModel, String> value) {
    return cells(Stream.concat(Stream.of(name), CpuModel.ALL.stream().map(value)));
  }

  private static String table(String moreColumns, List<String> rows) {
    String head = row(moreColumns, CpuModel::name);
    long columns = head.chars().filter(c -> c == '|').count() - 1;
    return head + "|" + "---|".repeat((int) columns) + "\n" + String.join("", rows);
  }

  private static String cells(Stream<String> cells) {
    return cells.collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private static String yes(boolean value) {
    return value ? "yes" : "";
  }

  private static String hex(int value) {
    return "%X".formatted(value);
  }
}
