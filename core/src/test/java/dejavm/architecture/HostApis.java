package dejavm.architecture;

import java.lang.classfile.ClassModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What of the Java platform and of libraries may be used where. An ordered list: the first rule
 * that speaks of a use decides it, and what no rule speaks of is forbidden.
 *
 * <p>Types are named in full, or as {@code java.util.*} (that package, not those below it), {@code
 * java.lang.Thread*} (names beginning so, in any depth) or {@code *}. Members are named exactly or
 * as {@code parallel*}; a rule without members speaks of all of them and of mentioning the type.
 */
public final class HostApis {
  /** Mentioning a type without touching a member of it. */
  public static final String MENTION = "";

  private record Rule(Set<String> where, String type, Set<String> members, String forbidden) {
    boolean speaksOf(Use use) {
      return (where.isEmpty() || where.stream().anyMatch(place -> in(place, use.user())))
          && matches(type, use.type())
          && (members.isEmpty()
              || members.stream().anyMatch(member -> prefixed(member, use.member())));
    }

    /** Whether a class is the place, nested in it, or in the package that the place is. */
    private static boolean in(String place, String user) {
      return user.equals(place)
          || user.startsWith(place + "$")
          || CompiledClasses.packageOf(user).equals(place);
    }

    private static boolean matches(String pattern, String type) {
      return pattern.endsWith(".*")
          ? CompiledClasses.packageOf(type).equals(pattern.substring(0, pattern.length() - 2))
          : prefixed(pattern, type);
    }

    private static boolean prefixed(String pattern, String name) {
      return pattern.endsWith("*")
          ? name.startsWith(pattern.substring(0, pattern.length() - 1))
          : name.equals(pattern);
    }
  }

  private final List<Rule> rules = new ArrayList<>();

  /** Allows a type, or some members of it, everywhere. */
  public HostApis allow(String type, String... members) {
    return add(Set.of(), type, members, null);
  }

  /** Allows a type, or some members of it, in these packages or classes. */
  public HostApis allowIn(Set<String> where, String type, String... members) {
    return add(where, type, members, null);
  }

  /** Forbids a type, or some members of it, and says why. */
  public HostApis forbid(String why, String type, String... members) {
    return add(Set.of(), type, members, why);
  }

  private HostApis add(Set<String> where, String type, String[] members, String forbidden) {
    rules.add(new Rule(where, type, Set.of(members), forbidden));
    return this;
  }

  /** What these classes use and may not, each with its class, method and reason. */
  public List<String> violations(List<ClassModel> classes) {
    Set<String> found = new TreeSet<>();
    for (ClassModel type : classes) {
      for (Use use : Use.of(type)) {
        String why = forbidden(use);
        if (why != null) {
          found.add(use + ": " + why);
        }
      }
    }
    return List.copyOf(found);
  }

  private String forbidden(Use use) {
    for (Rule rule : rules) {
      if (rule.speaksOf(use)) {
        return rule.forbidden;
      }
    }
    return "not in the list of what may be used";
  }
}
