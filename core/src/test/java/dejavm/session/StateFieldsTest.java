package dejavm.session;

import static org.assertj.core.api.Assertions.assertThat;

import dejavm.bus.Derived;
import dejavm.bus.Stateful;
import dejavm.bus.Wire;
import dejavm.cpu.Cpu;
import dejavm.cpu.X87;
import dejavm.device.video.Vga;
import dejavm.machine.AddressSpaces;
import dejavm.machine.Board;
import dejavm.machine.EventQueue;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Law 9 for what is not a device: every variable of the processor and of what holds the machine
 * together is in its state, or says why not. (Devices have a test of their own.)
 */
class StateFieldsTest {
  /** Fields that the state knows by another name. */
  private static final Map<String, String> NAMES =
      Map.of("Cpu.nowBase", "now", "Cpu.retiredBase", "retired");

  /** Fixed once the machine is wired, though the language cannot say so. */
  private static final Set<String> WIRING =
      Set.of(
          "Wire.sources",
          "Board.components",
          "Board.pages",
          "Board.resets",
          "Board.serial",
          "Board.drives",
          "Board.floppies");

  @ParameterizedTest
  @ValueSource(
      classes = {
        Cpu.class,
        X87.class,
        AddressSpaces.class,
        Board.class,
        EventQueue.class,
        Vga.class,
        Wire.class
      })
  void everyVariableIsInTheStateOrDerived(Class<?> type) {
    Set<String> saved = new TreeSet<>();
    for (RecordComponent component : state(type).getRecordComponents()) {
      saved.add(component.getName());
    }
    List<String> missing = new ArrayList<>();
    for (Field field : type.getDeclaredFields()) {
      String name = type.getSimpleName() + "." + field.getName();
      boolean known =
          saved.contains(NAMES.getOrDefault(name, field.getName())) || WIRING.contains(name);
      if (variable(field) && !known && field.getAnnotation(Derived.class) == null) {
        missing.add(name);
      }
    }
    assertThat(missing).isEmpty();
  }

  private static boolean variable(Field field) {
    if (Modifier.isStatic(field.getModifiers()) || field.isSynthetic()) {
      return false;
    }
    Class<?> type = field.getType();
    return !Modifier.isFinal(field.getModifiers())
        || type.isArray()
        || Collection.class.isAssignableFrom(type)
        || Map.class.isAssignableFrom(type);
  }

  private static Class<?> state(Class<?> type) {
    for (Type implemented : type.getGenericInterfaces()) {
      if (implemented instanceof ParameterizedType p && p.getRawType() == Stateful.class) {
        return (Class<?>) p.getActualTypeArguments()[0];
      }
    }
    return Arrays.stream(type.getDeclaredClasses()).filter(Class::isRecord).findFirst().get();
  }
}
