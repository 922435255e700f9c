package dejavm.snapshot;

import dejavm.record.BytesIn;
import dejavm.record.BytesOut;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;

/** How the records of one class stand in encoded state: their components, one after the other. */
final class StateLayout {
  /** A component: numbers are read through handles of their own, which spares boxes. */
  private record Field(String name, StateType type, MethodHandle accessor) {}

  private static final MethodType NUMBER = MethodType.methodType(long.class, Object.class);
  private static final MethodType TRUTH = MethodType.methodType(boolean.class, Object.class);
  private static final MethodType REFERENCE = MethodType.methodType(Object.class, Object.class);

  private final Class<?> type;
  private final MethodHandle constructor;
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
      Constructor<?> canonical = type.getDeclaredConstructor(types);
      canonical.setAccessible(true);
      constructor =
          MethodHandles.lookup()
              .unreflectConstructor(canonical)
              .asSpreader(Object[].class, types.length)
              .asType(MethodType.methodType(Object.class, Object[].class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException("state " + type.getName() + " cannot be constructed", e);
    }
  }

  void add(RecordComponent component, StateType fieldType) {
    try {
      Method method = component.getAccessor();
      method.setAccessible(true);
      MethodType shape =
          switch (fieldType) {
            case StateType.Scalar scalar when scalar == StateType.Scalar.BOOLEAN -> TRUTH;
            case StateType.Scalar scalar -> NUMBER;
            default -> REFERENCE;
          };
      MethodHandle accessor = MethodHandles.lookup().unreflect(method).asType(shape);
      fields.add(new Field(component.getName(), fieldType, accessor));
    } catch (IllegalAccessException e) {
      throw new IllegalArgumentException("state " + type.getName() + " cannot be read", e);
    }
  }

  void write(BytesOut out, Object record) {
    for (int i = 0; i < fields.size(); i++) {
      Field field = fields.get(i);
      try {
        if (!(field.type instanceof StateType.Scalar scalar)) {
          Object value = (Object) field.accessor.invokeExact(record);
          field.type.write(out, StateType.present(value, type.getName() + "." + field.name));
        } else if (scalar == StateType.Scalar.BOOLEAN) {
          out.u8((boolean) field.accessor.invokeExact(record) ? 1 : 0);
        } else {
          out.zigzag((long) field.accessor.invokeExact(record));
        }
      } catch (RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new IllegalStateException("an accessor of " + type.getName() + " failed", e);
      }
    }
  }

  Object read(BytesIn in) {
    Object[] values = new Object[fields.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = fields.get(i).type.read(in);
    }
    try {
      return (Object) constructor.invokeExact(values);
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      throw in.damaged("a state does not make a " + type.getName() + ": " + e.getMessage());
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
