package dejavm;

import java.lang.reflect.Constructor;
import java.lang.reflect.RecordComponent;

/** Records of any shape, by reflection. */
public final class Records {
  private Records() {}

  /** The value of a component, given by its place. */
  public static Object get(Record record, int component) {
    RecordComponent of = record.getClass().getRecordComponents()[component];
    try {
      of.getAccessor().setAccessible(true);
      return of.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A copy that has another value for one component, given by its place. */
  public static <R extends Record> R with(R record, int component, Object value) {
    RecordComponent[] components = record.getClass().getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = i == component ? value : get(record, i);
    }
    try {
      @SuppressWarnings("unchecked")
      Class<R> type = (Class<R>) record.getClass();
      Constructor<R> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
