package dejavm.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Every x87 instruction against what a processor did: the corpus is printed by oracle/x87.c, run on
 * an AMD EPYC of family 25.
 *
 * <p>All that the instructions leave behind has to agree to the bit; only transcendental results
 * may differ by one in the last place, and then in C1.
 */
class X87CorpusTest {
  @Test
  void agreesWithTheProcessor() throws IOException {
    List<String> wrong = new ArrayList<>();
    int lines = 0;
    try (InputStream stream = X87CorpusTest.class.getResourceAsStream("x87-corpus.txt");
        BufferedReader reader =
            new BufferedReader(new InputStreamReader(stream, StandardCharsets.US_ASCII))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines++;
        String difference = new Case(line).difference();
        if (!difference.isEmpty()) {
          wrong.add(line + "\n  " + difference);
        }
      }
    }
    assertThat(lines).isGreaterThan(2500);
    assertThat(wrong).isEmpty();
  }

  /** A line: instruction and state before, "=", state after. */
  private static final class Case {
    private final String name;
    private final int opcode;
    private final int modrm;
    private final int flagsBefore;
    private final X87 unit = new X87();
    private final String[] after;
    private final long[] expectedSignificand = new long[8];
    private final int[] expectedSignExponent = new int[8];
    private long memoryLow;
    private int memoryHigh;
    private long expectedLow;
    private int expectedHigh;

    Case(String line) {
      String[] halves = line.split(" = ");
      String[] before = halves[0].split(" ");
      after = halves[1].split(" ");
      name = before[0];
      opcode = Integer.parseInt(before[1].substring(0, 2), 16);
      modrm = Integer.parseInt(before[1].substring(2), 16);
      flagsBefore = hex(before[2]);
      unit.controlWord(hex(before[3]));
      unit.statusWord(hex(before[4]));
      unit.tagWord(hex(before[5]));
      for (int i = 0; i < 2; i++) {
        String[] parts = before[6 + i].split(":");
        unit.signExponent[unit.physical(i)] = hex(parts[0]);
        unit.significand[unit.physical(i)] = Long.parseUnsignedLong(parts[1], 16);
      }
      if (before.length > 8) {
        memoryHigh = hex(before[8].substring(2, 6));
        memoryLow = Long.parseUnsignedLong(before[8].substring(6), 16);
      }
      expect();
    }

    private void expect() {
      expectedLow = memoryLow;
      expectedHigh = memoryHigh;
      int topAfter = hex(after[1]) >> 11 & 7;
      for (int i = 0; i < 8; i++) {
        expectedSignificand[i] = unit.significand[topAfter + i & 7];
        expectedSignExponent[i] = unit.signExponent[topAfter + i & 7];
      }
      for (int i = 3; i < after.length; i++) {
        String[] parts = after[i].split(":");
        if (parts[0].equals("m")) {
          expectedHigh = hex(parts[1].substring(0, 4));
          expectedLow = Long.parseUnsignedLong(parts[1].substring(4), 16);
        } else {
          expectedSignExponent[hex(parts[0])] = hex(parts[1]);
          expectedSignificand[hex(parts[0])] = Long.parseUnsignedLong(parts[2], 16);
        }
      }
    }

    private static int hex(String digits) {
      return Integer.parseInt(digits, 16);
    }

    String difference() {
      int flags = execute() & 0x8d5;
      StringBuilder wrong = new StringBuilder();
      for (int i = 0; i < 8; i++) {
        int register = unit.physical(i);
        long ulps = unit.significand[register] - expectedSignificand[i];
        boolean same = unit.signExponent[register] == expectedSignExponent[i] && ulps == 0;
        boolean close = isTranscendental() && Math.abs(ulps) == 1 && expectedSignificand[i] != 0;
        if (!same && !close) {
          wrong.append(
              String.format(
                  "ST(%d) %x:%x", i, unit.signExponent[register], unit.significand[register]));
        }
      }
      int ignored = isTranscendental() ? X87.C1 : 0;
      if (((unit.statusWord() ^ hex(after[1])) & ~ignored) != 0) {
        wrong.append(String.format(" status %x", unit.statusWord()));
      }
      if (unit.tagWord() != hex(after[2])) {
        wrong.append(String.format(" tags %x", unit.tagWord()));
      }
      if (flags != hex(after[0])) {
        wrong.append(String.format(" flags %x", flags));
      }
      if (memoryLow != expectedLow || memoryHigh != expectedHigh) {
        wrong.append(String.format(" memory %x %x", memoryHigh, memoryLow));
      }
      return wrong.toString();
    }

    private boolean isTranscendental() {
      return switch (name) {
        case "f2xm1", "fyl2x", "fyl2xp1", "fptan", "fpatan", "fsin", "fcos", "fsincos" -> true;
        default -> false;
      };
    }

    private int execute() {
      if (modrm >= 0xc0) {
        int flags = X87Escape.usesFlags(opcode, modrm) ? flagsBefore : 0;
        int after = X87Escape.register(unit, opcode, modrm, flags);
        return X87Escape.usesFlags(opcode, modrm) ? after : flagsBefore;
      }
      int reg = modrm >> 3;
      int source = X87Escape.sourceBytes(opcode, reg);
      if (source != 0) {
        long mask = source >= 8 ? -1L : (1L << 8 * source) - 1;
        X87Escape.load(unit, opcode, reg, memoryLow & mask, memoryHigh);
        return flagsBefore;
      }
      int bytes = X87Escape.destinationBytes(opcode, reg);
      long mask = bytes >= 8 ? -1L : (1L << 8 * bytes) - 1;
      long stored = X87Escape.store(unit, opcode, reg);
      if (!unit.storeSuppressed()) {
        memoryLow = memoryLow & ~mask | stored & mask;
        memoryHigh = bytes == 10 ? unit.signExponent[X87.LATCH] & 0xffff : memoryHigh;
      }
      return flagsBefore;
    }
  }
}
