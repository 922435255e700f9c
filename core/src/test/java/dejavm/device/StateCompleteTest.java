package dejavm.device;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Derived;
import dejavm.bus.Stateful;
import dejavm.machine.EventQueue;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Law 9: what of a component can change is in its state, or says why it need not be. */
class StateCompleteTest {
  @Test
  void everyVariableIsInTheStateOrDerived() throws Exception {
    List<Class<?>> stateful = statefulClasses();
    assertThat(stateful).hasSizeGreaterThan(20);
    List<String> missing = new ArrayList<>();
    for (Class<?> type : stateful) {
      Set<String> saved =
          Arrays.stream(stateOf(type).getRecordComponents())
              .map(RecordComponent::getName)
              .collect(Collectors.toSet());
      for (Field field : type.getDeclaredFields()) {
        if (varies(field) && !saved.contains(field.getName()) && !derived(field)) {
          missing.add(type.getName() + "." + field.getName());
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void aFieldLeftOutIsFound() throws Exception {
    assertThat(varies(Forgetful.class.getDeclaredField("forgotten"))).isTrue();
    assertThat(derived(Forgetful.class.getDeclaredField("forgotten"))).isFalse();
    assertThat(varies(Forgetful.class.getDeclaredField("bytes"))).isTrue();
    assertThat(stateOf(Forgetful.class)).isEqualTo(Forgetful.State.class);
  }

  private static boolean varies(Field field) {
    if (Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) {
      return false;
    }
    if (!Modifier.isFinal(field.getModifiers())) {
      return true;
    }
    Class<?> type = field.getType();
    boolean wiring = type.isArray() && dejavm.bus.Line.class == type.getComponentType();
    return !wiring
        && (type.isArray()
            || Collection.class.isAssignableFrom(type)
            || Map.class.isAssignableFrom(type));
  }

  private static boolean derived(Field field) {
    Derived reason = field.getAnnotation(Derived.class);
    return reason != null && !reason.value().isBlank();
  }

  private static Class<?> stateOf(Class<?> type) {
    return Arrays.stream(type.getGenericInterfaces())
        .filter(ParameterizedType.class::isInstance)
        .map(ParameterizedType.class::cast)
        .filter(implemented -> implemented.getRawType() == Stateful.class)
        .map(implemented -> (Class<?>) implemented.getActualTypeArguments()[0])
        .findFirst()
        .orElseThrow();
  }

  private static List<Class<?>> statefulClasses()
      throws IOException, URISyntaxException, ClassNotFoundException {
    Path root = Path.of(ByteWide.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    List<Class<?>> found = new ArrayList<>(List.of(EventQueue.class));
    try (Stream<Path> files = Files.walk(root.resolve("dejavm/device"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".class")).sorted().toList()) {
        String name = root.relativize(file).toString().replace('/', '.');
        Class<?> type = Class.forName(name.substring(0, name.length() - ".class".length()));
        if (Stateful.class.isAssignableFrom(type)) {
          found.add(type);
        }
      }
    }
    return found;
  }

  /** A component that would lose something. */
  private static final class Forgetful implements Stateful<Forgetful.State> {
    record State(int kept) {}

    private final byte[] bytes = new byte[1];
    private int kept;
    private int forgotten;

    @Override
    public State state() {
      forgotten++;
      bytes[0]++;
      return new State(kept);
    }

    @Override
    public void restore(State state) {
      kept = state.kept;
    }
  }
}
