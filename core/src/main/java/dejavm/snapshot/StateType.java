package dejavm.snapshot;

import dejavm.record.BytesIn;
import dejavm.record.BytesOut;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Array;
import java.util.ArrayList;
import java.util.List;

/** How values of one type stand in encoded state. */
sealed interface StateType {
  void write(BytesOut out, Object value);

  Object read(BytesIn in);

  /** The type in words, for the fingerprint of a state's layout. */
  String schema();

  /** A number or a truth value. */
  enum Scalar implements StateType {
    BOOLEAN(boolean.class),
    BYTE(byte.class),
    SHORT(short.class),
    CHAR(char.class),
    INT(int.class),
    LONG(long.class);

    final Class<?> type;

    Scalar(Class<?> type) {
      this.type = type;
    }

    /** The scalar of a primitive type, or null. */
    static Scalar of(Class<?> type) {
      for (Scalar scalar : values()) {
        if (scalar.type == type) {
          return scalar;
        }
      }
      return null;
    }

    @Override
    public void write(BytesOut out, Object value) {
      switch (this) {
        case BOOLEAN -> out.u8((boolean) value ? 1 : 0);
        case CHAR -> out.zigzag((char) value);
        default -> out.zigzag(((Number) value).longValue());
      }
    }

    /**
     * The same of a record's field, without a box: each call has the field's own type, which is
     * what makes it a load and nothing more.
     */
    void write(BytesOut out, VarHandle field, Object record) {
      switch (this) {
        case BOOLEAN -> out.u8((boolean) field.get(record) ? 1 : 0);
        case BYTE -> out.zigzag((byte) field.get(record));
        case SHORT -> out.zigzag((short) field.get(record));
        case CHAR -> out.zigzag((char) field.get(record));
        case INT -> out.zigzag((int) field.get(record));
        case LONG -> out.zigzag((long) field.get(record));
      }
    }

    @Override
    public Object read(BytesIn in) {
      if (this == BOOLEAN) {
        int value = in.u8();
        check(in, value <= 1);
        return value == 1;
      }
      long value = in.zigzag();
      return switch (this) {
        case BYTE -> {
          check(in, value == (byte) value);
          yield (byte) value;
        }
        case SHORT -> {
          check(in, value == (short) value);
          yield (short) value;
        }
        case CHAR -> {
          check(in, value == (char) value);
          yield (char) value;
        }
        case INT -> {
          check(in, value == (int) value);
          yield (int) value;
        }
        default -> value;
      };
    }

    @Override
    public String schema() {
      return type.getName();
    }

    private void check(BytesIn in, boolean fits) {
      if (!fits) {
        throw in.damaged("a number in a state is out of the range of " + type.getName());
      }
    }
  }

  /** A text. */
  record Text() implements StateType {
    @Override
    public void write(BytesOut out, Object value) {
      out.string((String) value);
    }

    @Override
    public Object read(BytesIn in) {
      return in.string();
    }

    @Override
    public String schema() {
      return "String";
    }
  }

  /** One of a few names. */
  record Choice(Object[] constants) implements StateType {
    @Override
    public void write(BytesOut out, Object value) {
      out.varint(((Enum<?>) value).ordinal());
    }

    @Override
    public Object read(BytesIn in) {
      long ordinal = in.varint();
      if (ordinal < 0 || ordinal >= constants.length) {
        throw in.damaged("a choice in a state is out of range");
      }
      return constants[(int) ordinal];
    }

    @Override
    public String schema() {
      StringBuilder names = new StringBuilder("enum(");
      for (Object constant : constants) {
        names.append(((Enum<?>) constant).name()).append(' ');
      }
      return names.append(')').toString();
    }
  }

  /** Bytes, as they are. */
  record Bytes() implements StateType {
    @Override
    public void write(BytesOut out, Object value) {
      out.bytes((byte[]) value);
    }

    @Override
    public Object read(BytesIn in) {
      return in.bytes();
    }

    @Override
    public String schema() {
      return "byte[]";
    }
  }

  /** Many 32-bit numbers. */
  record Ints() implements StateType {
    @Override
    public void write(BytesOut out, Object value) {
      int[] array = (int[]) value;
      out.varint(array.length);
      for (int element : array) {
        out.zigzag(element);
      }
    }

    @Override
    public Object read(BytesIn in) {
      int[] array = new int[in.count(1)];
      for (int i = 0; i < array.length; i++) {
        array[i] = (int) Scalar.INT.read(in);
      }
      return array;
    }

    @Override
    public String schema() {
      return "int[]";
    }
  }

  /** Many 64-bit numbers. */
  record Longs() implements StateType {
    @Override
    public void write(BytesOut out, Object value) {
      long[] array = (long[]) value;
      out.varint(array.length);
      for (long element : array) {
        out.zigzag(element);
      }
    }

    @Override
    public Object read(BytesIn in) {
      long[] array = new long[in.count(1)];
      for (int i = 0; i < array.length; i++) {
        array[i] = in.zigzag();
      }
      return array;
    }

    @Override
    public String schema() {
      return "long[]";
    }
  }

  /** An array of anything else. */
  record Many(Class<?> component, StateType element) implements StateType {
    @Override
    public void write(BytesOut out, Object value) {
      int length = Array.getLength(value);
      out.varint(length);
      for (int i = 0; i < length; i++) {
        element.write(out, present(Array.get(value, i), "an array of " + component.getName()));
      }
    }

    @Override
    public Object read(BytesIn in) {
      int length = in.count(1);
      Object array = Array.newInstance(component, length);
      for (int i = 0; i < length; i++) {
        Array.set(array, i, element.read(in));
      }
      return array;
    }

    @Override
    public String schema() {
      return element.schema() + "[]";
    }
  }

  /** A list. */
  record Listed(StateType element) implements StateType {
    @Override
    public void write(BytesOut out, Object value) {
      List<?> list = (List<?>) value;
      out.varint(list.size());
      for (Object each : list) {
        element.write(out, present(each, "a list"));
      }
    }

    @Override
    public Object read(BytesIn in) {
      int length = in.count(1);
      List<Object> list = new ArrayList<>(length);
      for (int i = 0; i < length; i++) {
        list.add(element.read(in));
      }
      return List.copyOf(list);
    }

    @Override
    public String schema() {
      return "List<" + element.schema() + ">";
    }
  }

  /** A record. */
  record Nested(StateLayout layout) implements StateType {
    @Override
    public void write(BytesOut out, Object value) {
      layout.write(out, value);
    }

    @Override
    public Object read(BytesIn in) {
      return layout.read(in);
    }

    @Override
    public String schema() {
      return layout.schema();
    }
  }

  /** Nothing in a state is null. */
  static Object present(Object value, String where) {
    if (value == null) {
      throw new IllegalArgumentException("null in " + where + ": nothing in a state may be null");
    }
    return value;
  }
}
