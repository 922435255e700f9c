package dejavm.architecture;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** How long methods and classes are, in byte code and in lines. */
public final class Sizes {
  /** HotSpot never compiles a method of more bytes (its flag DontCompileHugeMethods). */
  public static final int BYTECODE_LIMIT = 8000;

  private final int classLimit;
  private final int methodLimit;
  private final Set<String> longClasses;
  private final Set<String> longMethods;

  /**
   * The limits in lines, braces included, and what may be longer.
   *
   * @param longClasses full names of top-level classes
   * @param longMethods full names of classes, nested ones after a dot, with {@code .method}
   */
  public Sizes(int classLimit, int methodLimit, Set<String> longClasses, Set<String> longMethods) {
    this.classLimit = classLimit;
    this.methodLimit = methodLimit;
    this.longClasses = longClasses;
    this.longMethods = longMethods;
  }

  /** The methods that HotSpot would leave to its interpreter. */
  public static List<String> tooMuchBytecode(List<ClassModel> classes, int limit) {
    List<String> found = new ArrayList<>();
    for (ClassModel type : classes) {
      for (MethodModel method : type.methods()) {
        // runs once
        if (method.methodName().equalsString("<clinit>")) {
          continue;
        }
        int length = method.findAttribute(Attributes.code()).map(c -> c.codeLength()).orElse(0);
        if (length > limit) {
          found.add(
              "%s.%s has %d bytes of byte code, more than %d"
                  .formatted(
                      CompiledClasses.name(type),
                      method.methodName().stringValue(),
                      length,
                      limit));
        }
      }
    }
    return found;
  }

  /** What is too long in these sources, and which exceptions are not needed (any more). */
  public List<String> violations(List<Path> sources) {
    Set<String> unneeded = new HashSet<>(longClasses);
    unneeded.addAll(longMethods);
    List<String> found = new ArrayList<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      JavacTask task =
          (JavacTask)
              compiler.getTask(
                  null, files, null, List.of(), null, files.getJavaFileObjectsFromPaths(sources));
      SourcePositions positions = Trees.instance(task).getSourcePositions();
      for (CompilationUnitTree unit : task.parse()) {
        new Scanner(unit, positions, found, unneeded).scan(unit, packageOf(unit));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    for (String name : new TreeSet<>(unneeded)) {
      found.add(name + " is excepted but not too long, or not there");
    }
    return found;
  }

  private static String packageOf(CompilationUnitTree unit) {
    return unit.getPackageName() == null ? "" : unit.getPackageName().toString();
  }

  /** Walks one file; the value handed down is the full name of what is around. */
  private final class Scanner extends TreeScanner<Void, String> {
    private final CompilationUnitTree unit;
    private final SourcePositions positions;
    private final List<String> found;
    private final Set<String> unneeded;

    Scanner(
        CompilationUnitTree unit,
        SourcePositions positions,
        List<String> found,
        Set<String> unneeded) {
      this.unit = unit;
      this.positions = positions;
      this.found = found;
      this.unneeded = unneeded;
    }

    @Override
    public Void visitClass(ClassTree type, String around) {
      String name = type.getSimpleName().isEmpty() ? around : around + "." + type.getSimpleName();
      if (around.equals(packageOf(unit))) {
        check(type, name, classLimit, longClasses);
      }
      return super.visitClass(type, name);
    }

    @Override
    public Void visitMethod(MethodTree method, String around) {
      check(method, around + "." + method.getName(), methodLimit, longMethods);
      return super.visitMethod(method, around);
    }

    private void check(Tree tree, String name, int limit, Set<String> exceptions) {
      long start = positions.getStartPosition(unit, tree);
      long end = positions.getEndPosition(unit, tree);
      long lines =
          unit.getLineMap().getLineNumber(end) - unit.getLineMap().getLineNumber(start) + 1;
      if (lines > limit && !exceptions.contains(name)) {
        found.add("%s has %d lines, more than %d".formatted(name, lines, limit));
      } else if (lines > limit) {
        unneeded.remove(name);
      }
    }
  }
}
