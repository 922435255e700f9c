package dejavm.architecture;

import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.constant.ClassDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * No state outside objects: every static field is final, and what it holds does not change. An
 * array may be a private constant; a class of ours must have final fields only.
 */
public final class StaticState {
  private static final Set<String> MUTABLE =
      Set.of(
          "java.lang.StringBuilder",
          "java.util.ArrayList",
          "java.util.ArrayDeque",
          "java.util.BitSet",
          "java.util.EnumMap",
          "java.util.EnumSet",
          "java.util.HashMap",
          "java.util.HashSet",
          "java.util.LinkedHashMap",
          "java.util.LinkedHashSet",
          "java.util.LinkedList",
          "java.util.PriorityQueue",
          "java.util.TreeMap",
          "java.util.TreeSet",
          "java.util.zip.CRC32",
          "java.util.zip.CRC32C",
          "java.security.MessageDigest");

  private StaticState() {}

  /** The static fields of these classes that are state. */
  public static List<String> violations(List<ClassModel> classes) {
    Map<String, ClassModel> ours =
        classes.stream().collect(Collectors.toMap(CompiledClasses::name, Function.identity()));
    List<String> found = new ArrayList<>();
    for (ClassModel type : classes) {
      for (FieldModel field : type.fields()) {
        if (field.flags().has(AccessFlag.STATIC) && !field.flags().has(AccessFlag.SYNTHETIC)) {
          String why = mutable(field, ours);
          if (why != null) {
            found.add(
                CompiledClasses.name(type) + "." + field.fieldName().stringValue() + " " + why);
          }
        }
      }
    }
    return found;
  }

  private static String mutable(FieldModel field, Map<String, ClassModel> ours) {
    if (!field.flags().has(AccessFlag.FINAL)) {
      return "is static and not final";
    }
    ClassDesc type = field.fieldTypeSymbol();
    if (type.isArray()) {
      return field.flags().has(AccessFlag.PRIVATE) ? null : "is a static array and not private";
    }
    if (type.isPrimitive()) {
      return null;
    }
    String descriptor = type.descriptorString();
    String name = descriptor.substring(1, descriptor.length() - 1).replace('/', '.');
    if (MUTABLE.contains(name)
        || name.startsWith("java.util.concurrent.")
        || name.startsWith("java.nio.") && name.endsWith("Buffer")) {
      return "is static and holds a " + name;
    }
    ClassModel held = ours.get(name);
    return held != null && hasVariables(held)
        ? "is static and holds a " + name + ", which has fields that are not final"
        : null;
  }

  private static boolean hasVariables(ClassModel type) {
    return type.fields().stream()
        .anyMatch(f -> !f.flags().has(AccessFlag.STATIC) && !f.flags().has(AccessFlag.FINAL));
  }
}
