package dejavm.cpu.decode;

import dejavm.cpu.CpuFeature;
import dejavm.cpu.CpuModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Prints docs/INSTRUCTIONS.md from the opcode table; as a program, writes it to the file named. */
final class InstructionsPage {
  private static final String FLAG_LETTERS = "CPAZSTIDO";
  private static final int[] FLAG_MASKS = {1, 4, 0x10, 0x40, 0x80, 0x100, 0x200, 0x400, 0x800};

  private InstructionsPage() {}

  public static void main(String[] arguments) throws IOException {
    Files.writeString(Path.of(arguments[0]), text());
  }

  static String text() {
    StringBuilder page = new StringBuilder();
    page.append(
        """
        # Instructions

        Every instruction that the decoder knows, printed from its opcode table (package
        `dejavm.cpu.decode`); what is not here raises #UD. An instruction that is here but that the
        running CPU model does not have, or that an engine does not carry out yet, raises #UD too
        and is counted in `--stats`. The notation is that of the Intel SDM, volume 2: `/r` is a
        ModRM byte, `/0` to `/7` its reg field, `+r` a register and `+cc` a condition in the low
        bits of the opcode; operands have the letters of its appendix A. Flags are `CPAZSTIDO`, for
        CF, PF, AF, ZF, SF, TF, IF, DF and OF. *Modes*: 32 is 16- and 32-bit code, 64 is 64-bit
        mode. *Lock*: LOCK is allowed with a memory destination. *Feature*: what introduced the
        instruction, a processor or a CPUID feature. *Models*: which of the CPU models carry it out:
        all, the 64-bit ones, or those named; [CPU.md](CPU.md) tells what they are.

        """);
    Map<Mnemonic, List<Row>> byMnemonic = new TreeMap<>();
    for (Row row : OpcodeTable.rows()) {
      byMnemonic.computeIfAbsent(row.mnemonic, mnemonic -> new ArrayList<>()).add(row);
    }
    page.append(
        "%d mnemonics, %d encodings.%n%n"
            .formatted(byMnemonic.size(), OpcodeTable.rows().size())
            .replace("\r", ""));
    page.append(
        "| | encoding | operands | modes | lock | read | written | undefined | feature | models |\n");
    page.append("|---|---|---|---|---|---|---|---|---|---|\n");
    for (List<Row> rows : byMnemonic.values()) {
      rows.forEach(row -> page.append(line(row)));
    }
    return page.toString();
  }

  private static String line(Row row) {
    String modes = row.legacy ? row.long64 ? "32, 64" : "32" : "64";
    boolean plain = row.name.equalsIgnoreCase(row.mnemonic.name());
    String name = row.mnemonic + (plain ? "" : " (" + row.name + ")");
    return List.of(
            name,
            "`" + row.pattern + "`",
            row.operands.isEmpty() ? "" : "`" + row.operands + "`",
            modes,
            row.lockable ? "yes" : "",
            flags(row.flagsRead),
            flags(row.flagsWritten),
            flags(row.flagsUndefined),
            row.feature,
            models(row))
        .stream()
        .collect(Collectors.joining(" | ", "| ", " |\n"));
  }

  private static String models(Row row) {
    List<CpuModel> models = CpuModel.ALL.stream().filter(model -> carriedOut(row, model)).toList();
    if (models.isEmpty()) {
      return "none";
    } else if (models.equals(CpuModel.ALL)) {
      return "all";
    }
    boolean those64 =
        models.equals(CpuModel.ALL.stream().filter(model -> model.has(CpuFeature.LM)).toList());
    return those64
        ? "64-bit"
        : models.stream().map(CpuModel::name).collect(Collectors.joining(", "));
  }

  private static boolean carriedOut(Row row, CpuModel model) {
    return (row.legacy || model.has(CpuFeature.LM))
        && (row.isHint() || model.carriesOut(row.feature));
  }

  private static String flags(int mask) {
    StringBuilder letters = new StringBuilder();
    for (int i = 0; i < FLAG_MASKS.length; i++) {
      if ((mask & FLAG_MASKS[i]) != 0) {
        letters.append(FLAG_LETTERS.charAt(i));
      }
    }
    return letters.toString();
  }
}
