package dejavm.snapshot;

import dejavm.record.BytesIn;
import dejavm.record.BytesOut;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** How the records of one class stand in encoded state: their components, one after the other. */
final class StateLayout {
  /**
   * A component, read through a handle of its field: unlike a method's, that spins no class, and
   * unlike a reflective call it makes no box.
   */
  private record Field(String name, StateType type, VarHandle value) {}

  private final Class<?> type;
  private final Constructor<?> constructor;
  private final List<Field> fields = new ArrayList<>();
  private boolean describing;

  /** The components are added by {@link #add}: a record may hold a list of its own kind. */
  StateLayout(Class<?> type) {
    this.type = type;
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    for (int i = 0; i < types.length; i++) {
      types[i] = components[i].getType();
    }
    try {
      constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("state " + type.getName() + " cannot be constructed", e);
    }
  }

  void add(RecordComponent component, StateType fieldType) {
    try {
      VarHandle value =
          MethodHandles.privateLookupIn(type, MethodHandles.lookup())
              .findVarHandle(type, component.getName(), component.getType());
      fields.add(new Field(component.getName(), fieldType, value));
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("state " + type.getName() + " cannot be read", e);
    }
  }

  void write(BytesOut out, Object record) {
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      if (field.type instanceof StateType.Scalar scalar) {
        scalar.write(out, field.value, record);
      } else {
        Object value = (Object) field.value.get(record);
        field.type.write(out, StateType.present(value, type.getName() + "." + field.name));
      }
    }
  }

  Object read(BytesIn in) {
    Object[] values = new Object[fields.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = fields.get(i).type.read(in);
    }
    try {
      return constructor.newInstance(values);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw in.damaged(
          "a state does not make a " + type.getName() + ": " + e.getCause().getMessage());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("state " + type.getName() + " cannot be constructed", e);
    }
  }

  /** Names and types of the components; a layout within itself by its name only. */
  String schema() {
    if (describing) {
      return type.getSimpleName();
    }
    describing = true;
    StringBuilder text = new StringBuilder(type.getSimpleName()).append('{');
    for (Field field : fields) {
      text.append(field.name).append(':').append(field.type.schema()).append(',');
    }
    describing = false;
    return text.append('}').toString();
  }
}
