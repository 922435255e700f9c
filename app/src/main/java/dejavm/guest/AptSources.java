package dejavm.guest;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The Debian part of a machine's package sources. Others are left out, since they need not have the
 * wanted architecture; so is any limit to an architecture, since we want another one. Both of apt's
 * formats are read: one line a source ({@code *.list}), and stanzas ({@code *.sources}).
 *
 * <p>Source: sources.list(5).
 *
 * @param lines the kept sources in the one-line format, one after the other
 * @param stanzas the kept sources in the stanza format
 */
record AptSources(String lines, String stanzas) {
  boolean empty() {
    return lines.isEmpty() && stanzas.isEmpty();
  }

  /** Reads {@code sources.list} and {@code sources.list.d} of apt's configuration directory. */
  static AptSources read(Path etcApt) throws IOException {
    List<Path> files = new ArrayList<>();
    files.add(etcApt.resolve("sources.list"));
    Path parts = etcApt.resolve("sources.list.d");
    if (Files.isDirectory(parts)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(parts)) {
        found.forEach(files::add);
      }
    }
    Collections.sort(files);
    StringBuilder lines = new StringBuilder();
    StringBuilder stanzas = new StringBuilder();
    for (Path file : files) {
      String name = file.getFileName().toString();
      if (!Files.isReadable(file)) {
        continue;
      }
      if (name.endsWith(".list")) {
        lines.append(lines(Files.readString(file)));
      } else if (name.endsWith(".sources")) {
        stanzas.append(stanzas(Files.readString(file)));
      }
    }
    return new AptSources(lines.toString(), stanzas.toString());
  }

  /** Keeps the Debian lines of a file in the one-line format. */
  static String lines(String text) {
    StringBuilder kept = new StringBuilder();
    for (String line : text.lines().toList()) {
      String source = line.replaceAll("#.*", "").strip();
      if (!source.matches("deb\\s.*")) {
        continue;
      }
      String options = "";
      String rest = source.substring(3).strip();
      if (rest.startsWith("[") && rest.indexOf(']') > 0) {
        options = rest.substring(1, rest.indexOf(']')).replaceAll("arch[+-]?=\\S*", "").strip();
        rest = rest.substring(rest.indexOf(']') + 1).strip();
      }
      String[] words = rest.split("\\s+");
      if (words.length >= 3 && debian(words[0], List.of(words).subList(2, words.length))) {
        kept.append("deb ").append(options.isEmpty() ? "" : "[" + options + "] ").append(rest);
        kept.append('\n');
      }
    }
    return kept.toString();
  }

  /** Keeps the Debian stanzas of a file in the stanza format. */
  static String stanzas(String text) {
    StringBuilder kept = new StringBuilder();
    for (String stanza : text.replaceAll("(?m)^#.*\n?", "").split("\n\\s*\n")) {
      String fields = withoutField(stanza, "Architectures").strip();
      boolean off = field(fields, "Enabled").toLowerCase(Locale.ROOT).matches("no|false|off|0");
      List<String> types = List.of(field(fields, "Types").split("\\s+"));
      List<String> components = List.of(field(fields, "Components").split("\\s+"));
      if (!off && types.contains("deb") && debian(field(fields, "URIs"), components)) {
        kept.append(fields.replaceAll("(?mi)^Types:.*", "Types: deb")).append("\n\n");
      }
    }
    return kept.toString();
  }

  private static boolean debian(String uris, List<String> components) {
    return uris.contains("debian") && components.contains("main");
  }

  /** A field with its continuation lines, which start with a blank. */
  private static String field(String stanza, String name) {
    StringBuilder value = new StringBuilder();
    boolean inside = false;
    for (String line : stanza.lines().toList()) {
      boolean continued = line.startsWith(" ") || line.startsWith("\t");
      if (!continued) {
        inside = line.regionMatches(true, 0, name + ":", 0, name.length() + 1);
        line = inside ? line.substring(name.length() + 1) : line;
      }
      if (inside) {
        value.append(line).append(' ');
      }
    }
    return value.toString().strip();
  }

  private static String withoutField(String stanza, String name) {
    return stanza.replaceAll("(?mi)^" + name + ":.*(\n[ \t].*)*\n?", "");
  }
}
