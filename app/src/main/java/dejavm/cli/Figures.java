package dejavm.cli;

import dejavm.cpu.decode.Mnemonic;
import dejavm.machine.Machine;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What a run took.
 *
 * @param instructions executed since power-on
 * @param guestSeconds guest time
 * @param wallSeconds time on the wall
 * @param unsupported how often the guest met an instruction that this machine lacks, by its name
 */
record Figures(
    long instructions, double guestSeconds, double wallSeconds, Map<String, Integer> unsupported) {

  static Figures of(Machine machine, long frequency, long wallNanos) {
    Map<String, Integer> unsupported = new LinkedHashMap<>();
    for (Mnemonic mnemonic : Mnemonic.values()) {
      int count = machine.processor().interpreter().unsupported(mnemonic);
      if (count > 0) {
        unsupported.put(mnemonic.name().toLowerCase(Locale.ROOT), count);
      }
    }
    return new Figures(
        machine.retired(), (double) machine.now() / frequency, wallNanos / 1e9, unsupported);
  }

  /** Million instructions in a second of wall time. */
  double mips() {
    return wallSeconds == 0 ? 0 : instructions / wallSeconds / 1e6;
  }

  Map<String, Object> json() {
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("instructions", instructions);
    json.put("guest_seconds", guestSeconds);
    json.put("wall_seconds", rounded(wallSeconds));
    json.put("mips", rounded(mips()));
    json.put("unsupported", unsupported);
    return json;
  }

  static double rounded(double value) {
    return Math.round(value * 1000) / 1000.0;
  }

  /** As one line of text, and one more for each unsupported instruction. */
  String text() {
    StringBuilder text =
        new StringBuilder(
            "%,d instructions, %.3f s of guest time in %.2f s: %.1f MIPS"
                .formatted(instructions, guestSeconds, wallSeconds, mips()));
    unsupported.forEach(
        (name, count) -> text.append("\nunsupported: %s, %d times".formatted(name, count)));
    return text.toString();
  }
}
