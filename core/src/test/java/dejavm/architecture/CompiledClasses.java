package dejavm.architecture;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Finds the class files and the sources of the module that a class was compiled in. */
public final class CompiledClasses {
  private CompiledClasses() {}

  /** Every class file beside the given class, in all packages, in the order of their paths. */
  public static List<ClassModel> besides(Class<?> member) {
    return under(root(member));
  }

  /** The class files of one package, given a class of it. */
  public static List<ClassModel> ofPackage(Class<?> member) {
    return under(root(member).resolve(member.getPackageName().replace('.', '/')));
  }

  /** The main Java sources of the module that compiled the given class. */
  public static List<Path> sources(Class<?> member) {
    return files(root(member).resolve("../../src/main/java").normalize(), ".java");
  }

  /** A class's name as in source, but with {@code $} before nested ones. */
  static String name(ClassModel type) {
    return type.thisClass().asInternalName().replace('/', '.');
  }

  /** The package in a class's name. */
  static String packageOf(String className) {
    int dot = className.lastIndexOf('.');
    return dot < 0 ? "" : className.substring(0, dot);
  }

  private static Path root(Class<?> member) {
    try {
      return Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<ClassModel> under(Path directory) {
    return files(directory, ".class").stream().map(CompiledClasses::parse).toList();
  }

  private static ClassModel parse(Path file) {
    try {
      return ClassFile.of().parse(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> files(Path directory, String suffix) {
    try (Stream<Path> found = Files.walk(directory)) {
      List<Path> files = found.filter(p -> p.toString().endsWith(suffix)).sorted().toList();
      if (files.isEmpty()) {
        throw new IllegalStateException("nothing to check in " + directory);
      }
      return files;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
