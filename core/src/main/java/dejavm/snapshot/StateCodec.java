package dejavm.snapshot;

import dejavm.record.BytesIn;
import dejavm.record.BytesOut;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns the state of any {@link dejavm.bus.Stateful} into bytes and back. Equal states give equal
 * bytes. The bytes begin with a fingerprint of the record's layout, so that the state of another
 * layout is refused rather than misread.
 *
 * <p>Keeps the layouts that it has seen and a buffer: one for each thread.
 */
public final class StateCodec {
  /** A record's layout and the fingerprint of it. */
  private record Known(StateLayout layout, int fingerprint) {}

  private final Map<Class<?>, StateLayout> layouts = new LinkedHashMap<>();
  private final Map<Class<?>, Known> known = new LinkedHashMap<>();
  private final BytesOut buffer = new BytesOut();

  /**
   * Encodes a state.
   *
   * @throws IllegalArgumentException where it has a component of a type that a state may not have,
   *     or a null
   */
  public byte[] encode(Record state) {
    write(state);
    return buffer.toByteArray();
  }

  /**
   * Decodes a state.
   *
   * @throws dejavm.record.RecordingException where the bytes are not such a state
   */
  public <S extends Record> S decode(Class<S> type, byte[] bytes) {
    Known to = known(type);
    BytesIn in = new BytesIn(bytes);
    if (in.u32() != to.fingerprint) {
      throw in.damaged("the state is not a " + type.getName() + " as this program knows it");
    }
    S state = type.cast(to.layout.read(in));
    in.end();
    return state;
  }

  /** The hash of a state: of its encoded bytes. */
  public long digest(Record state) {
    write(state);
    return Digest.of(buffer.array(), 0, buffer.size());
  }

  private void write(Record state) {
    Known from = known(state.getClass());
    buffer.clear();
    buffer.u32(from.fingerprint);
    from.layout.write(buffer, state);
  }

  private Known known(Class<?> type) {
    Known found = known.get(type);
    if (found == null) {
      StateLayout layout = layout(type);
      long hash = Digest.of(layout.schema().getBytes(StandardCharsets.UTF_8));
      found = new Known(layout, (int) hash);
      known.put(type, found);
    }
    return found;
  }

  private StateLayout layout(Class<?> type) {
    StateLayout layout = layouts.get(type);
    if (layout == null) {
      layout = new StateLayout(type);
      layouts.put(type, layout);
      for (RecordComponent component : type.getRecordComponents()) {
        String where = type.getName() + "." + component.getName();
        layout.add(component, type(component.getGenericType(), where));
      }
    }
    return layout;
  }

  private StateType type(Type generic, String where) {
    if (generic instanceof ParameterizedType list && list.getRawType() == List.class) {
      return new StateType.Listed(type(list.getActualTypeArguments()[0], where));
    }
    if (!(generic instanceof Class<?> type)) {
      throw new IllegalArgumentException("no state: " + where + " is a " + generic);
    }
    StateType.Scalar scalar = StateType.Scalar.of(type);
    if (scalar != null) {
      return scalar;
    } else if (type == String.class) {
      return new StateType.Text();
    } else if (type.isEnum()) {
      return new StateType.Choice(type.getEnumConstants());
    } else if (type.isRecord()) {
      return new StateType.Nested(layout(type));
    } else if (type.isArray()) {
      return array(type.getComponentType(), where);
    }
    throw new IllegalArgumentException("no state: " + where + " is a " + type.getName());
  }

  private StateType array(Class<?> component, String where) {
    if (component == byte.class) {
      return new StateType.Bytes();
    } else if (component == int.class) {
      return new StateType.Ints();
    } else if (component == long.class) {
      return new StateType.Longs();
    }
    return new StateType.Many(component, type(component, where));
  }
}
