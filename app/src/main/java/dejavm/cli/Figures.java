package dejavm.cli;

import dejavm.cpu.decode.Mnemonic;
import dejavm.machine.Machine;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a run took.
 *
 * @param instructions executed since power-on
 * @param guestSeconds guest time
 * @param wallSeconds time on the wall
 * @param unsupported how often the guest met an instruction that this machine lacks, by its name
 * @param translator what the translator did, if it was the engine
 * @param left how often an instruction was executed that is not translated, by its name
 */
record Figures(
    long instructions,
    double guestSeconds,
    double wallSeconds,
    Map<String, Integer> unsupported,
    Map<String, Long> translator,
    Map<String, Long> left) {

  static Figures of(Machine machine, long frequency, long wallNanos) {
    Map<String, Integer> unsupported = new LinkedHashMap<>();
    for (Mnemonic mnemonic : Mnemonic.values()) {
      int count = machine.processor().interpreter().unsupported(mnemonic);
      if (count > 0) {
        unsupported.put(name(mnemonic), count);
      }
    }
    Map<String, Long> translator = new LinkedHashMap<>();
    Map<String, Long> left = new LinkedHashMap<>();
    machine
        .processor()
        .translator()
        .ifPresent(engine -> {
          translator.putAll(engine.statistics().figures());
          Stream.of(Mnemonic.values())
              .filter(mnemonic -> engine.statistics().left(mnemonic) > 0)
              .sorted(Comparator.comparingLong(m -> -engine.statistics().left(m)))
              .forEach(mnemonic -> left.put(name(mnemonic), engine.statistics().left(mnemonic)));
        });
    return new Figures(
        machine.retired(),
        (double) machine.now() / frequency,
        wallNanos / 1e9,
        unsupported,
        translator,
        left);
  }

  private static String name(Mnemonic mnemonic) {
    return mnemonic.name().toLowerCase(Locale.ROOT);
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
    if (!translator.isEmpty()) {
      json.put("translator", translator);
      json.put("not_translated", left);
    }
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
    translator.forEach((name, count) -> text.append("\n%s: %,d".formatted(name, count)));
    left.forEach(
        (name, count) -> text.append("\nnot translated: %s, %,d times".formatted(name, count)));
    return text.toString();
  }
}
