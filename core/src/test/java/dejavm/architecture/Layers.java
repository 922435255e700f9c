package dejavm.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which package may use which. A table with a row for every package, from the bottom up; since a
 * row can name only rows above it in the table, what obeys it has no cycles.
 *
 * <p>A row {@code device.*} stands for each package under {@code device}, which may not use one
 * another; named by another row it means all of them.
 */
public final class Layers {
  private static final Pattern IMPORT =
      Pattern.compile("^import (?:static )?([\\w.]+?)\\.[A-Z]\\w*[\\w.*]*;", Pattern.MULTILINE);
  private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);

  private final String root;
  private final Map<String, Set<String>> rows = new LinkedHashMap<>();

  /** An empty table for the packages below {@code root}; packages elsewhere are not its matter. */
  public Layers(String root) {
    this.root = root;
  }

  /** Adds a package and what it may use. */
  public Layers row(String name, String... uses) {
    for (String use : uses) {
      if (!rows.containsKey(use)) {
        throw new IllegalArgumentException(
            name + " may not use " + use + ", which is not above it");
      }
    }
    if (rows.put(name, Set.of(uses)) != null) {
      throw new IllegalArgumentException(name + " has two rows");
    }
    return this;
  }

  /** The rows so far, for a package that may use all of them. */
  public String[] above() {
    return rows.keySet().toArray(String[]::new);
  }

  /** What in these classes the table does not allow. */
  public List<String> violations(List<ClassModel> classes) {
    Set<String> found = new TreeSet<>();
    for (ClassModel type : classes) {
      String user = CompiledClasses.packageOf(CompiledClasses.name(type));
      if (covers(user) && rowOf(user) == null) {
        found.add(user + " has no row in the table of who may use whom");
        continue;
      }
      for (Use use : Use.of(type)) {
        if (!allowed(user, CompiledClasses.packageOf(use.type()))) {
          found.add(use.toString());
        }
      }
    }
    return List.copyOf(found);
  }

  /**
   * What these sources import against the table: finds constants, which class files have inlined.
   */
  public List<String> importViolations(List<Path> sources) {
    Set<String> found = new TreeSet<>();
    for (Path source : sources) {
      String text = read(source);
      Matcher declared = PACKAGE.matcher(text);
      String user = declared.find() ? declared.group(1) : "";
      Matcher imported = IMPORT.matcher(text);
      while (imported.find()) {
        if (!allowed(user, imported.group(1))) {
          found.add(user + ": " + source.getFileName() + " imports from " + imported.group(1));
        }
      }
    }
    return List.copyOf(found);
  }

  /** Whether a package may use another; both by their full names. */
  public boolean allowed(String user, String used) {
    if (user.equals(used) || !covers(user) || !covers(used)) {
      return true;
    }
    String userRow = rowOf(user);
    String usedRow = rowOf(used);
    return userRow != null && usedRow != null && rows.get(userRow).contains(usedRow);
  }

  private boolean covers(String packageName) {
    return packageName.startsWith(root + ".");
  }

  private String rowOf(String packageName) {
    String name = packageName.substring(root.length() + 1);
    if (rows.containsKey(name)) {
      return name;
    }
    int dot = name.lastIndexOf('.');
    String group = dot < 0 ? null : name.substring(0, dot) + ".*";
    return group != null && rows.containsKey(group) ? group : null;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
