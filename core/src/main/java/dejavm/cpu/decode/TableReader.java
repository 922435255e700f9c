package dejavm.cpu.decode;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Reads the text of the opcode table; the notation is described at {@link IntegerTable}. */
final class TableReader {
  /** A row with what is needed to place it. */
  record Entry(RowText text, Row row) {}

  private static final List<String> PREFIXES = List.of("NP", "NFx", "66", "F3", "F2", "NP|66");

  private final List<Entry> entries = new ArrayList<>();
  private List<String> defaults = List.of();
  private List<String> group = List.of();
  private String mnemonic = "";

  /** The entries of the whole table, in its order. */
  static List<Entry> entries(List<String> texts) {
    TableReader reader = new TableReader();
    for (String text : texts) {
      text.lines().forEach(reader::line);
    }
    return List.copyOf(reader.entries);
  }

  private void line(String line) {
    List<String> tokens = Arrays.asList(line.strip().split(" "));
    if (line.startsWith("default")) {
      defaults = tokens.subList(1, tokens.size());
    } else if (line.startsWith(" ")) {
      row(tokens);
    } else {
      mnemonic = tokens.getFirst();
      List<String> rest = tokens.subList(1, tokens.size());
      group = List.of();
      if (!rest.isEmpty() && isPrefix(rest.getFirst()) || startsWithOpcode(rest)) {
        row(rest);
      } else {
        group = rest;
      }
    }
  }

  private void row(List<String> tokens) {
    int at = 0;
    String prefix = "";
    if (isPrefix(tokens.getFirst()) && tokens.size() > 1 && isOpcode(tokens.get(1))) {
      prefix = tokens.get(at++);
    }
    int opcodeAt = at;
    while (at < tokens.size() && (isOpcode(tokens.get(at)) || isSlash(tokens.get(at)))) {
      at++;
    }
    List<String> opcode = tokens.subList(opcodeAt, at);
    String operands = at < tokens.size() && !isAttribute(tokens.get(at)) ? tokens.get(at++) : "-";
    List<String> attributes = new ArrayList<>(defaults);
    attributes.addAll(group);
    attributes.addAll(tokens.subList(at, tokens.size()));
    if (prefix.equals("NP|66")) {
      add("NP", opcode, operands, feature(attributes, 0));
      add("66", opcode, vector(operands), feature(attributes, 1));
    } else {
      add(prefix, opcode, operands, attributes);
    }
  }

  private void add(String prefix, List<String> bytes, String operands, List<String> attributes) {
    int map = 0;
    int at = 0;
    if (bytes.getFirst().equals("0F")) {
      map = bytes.get(1).equals("38") ? 2 : bytes.get(1).equals("3A") ? 3 : 1;
      at = map == 1 ? 1 : 2;
    }
    String opcode = bytes.get(at);
    String modrm = at + 1 < bytes.size() ? bytes.get(at + 1) : "";
    int span = opcode.endsWith("+r") ? 8 : opcode.endsWith("+cc") ? 16 : 1;
    String name =
        attributes.stream()
            .filter(attribute -> attribute.startsWith("name:"))
            .map(attribute -> attribute.substring(5))
            .findFirst()
            .orElse(mnemonic.toLowerCase(Locale.ROOT));
    String pattern = (prefix + " " + String.join(" ", bytes)).strip();
    String shown = operands.equals("-") ? "" : operands;
    RowText text =
        new RowText(
            name,
            pattern,
            prefix,
            map,
            Integer.parseInt(opcode.substring(0, 2), 16),
            span,
            modrm,
            shown,
            List.copyOf(attributes));
    List<OperandSpec> specs = new ArrayList<>();
    for (String operand : shown.isEmpty() ? new String[0] : shown.split(",")) {
      specs.add(OperandSpec.parse(operand));
    }
    entries.add(
        new Entry(text, new Row(text, entries.size() + 1, Mnemonic.valueOf(mnemonic), specs)));
  }

  /** The same operands in XMM registers. */
  private static String vector(String operands) {
    return operands.replace("Pq", "Vx").replace("Qq", "Wx").replace("Qd", "Wx").replace("Nq", "Ux");
  }

  /** The attributes with one half of a feature {@code MMX/SSE2}. */
  private static List<String> feature(List<String> attributes, int half) {
    return attributes.stream()
        .map(attribute -> {
          int slash = attribute.indexOf('/');
          if (slash < 0) {
            return attribute;
          }
          return half == 0 ? attribute.substring(0, slash) : "@" + attribute.substring(slash + 1);
        })
        .toList();
  }

  private static boolean isPrefix(String token) {
    return PREFIXES.contains(token);
  }

  private static boolean startsWithOpcode(List<String> tokens) {
    return !tokens.isEmpty() && isOpcode(tokens.getFirst());
  }

  private static boolean isOpcode(String token) {
    return token.length() >= 2
        && isDigit(token.charAt(0))
        && isDigit(token.charAt(1))
        && (token.length() == 2 || token.charAt(2) == '+');
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9' || c >= 'A' && c <= 'F';
  }

  private static boolean isSlash(String token) {
    return token.startsWith("/");
  }

  private static boolean isAttribute(String token) {
    char first = token.charAt(0);
    return (first == '@' || first >= 'a' && first <= 'z') && !token.startsWith("AX", 1);
  }
}
