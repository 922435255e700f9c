package dejavm.bus;

/**
 * A component whose whole mutable state can be taken out and put back.
 *
 * <p>The state is a record, nested at will, of: {@code boolean, byte, short, int, long}, enums,
 * {@code String}, other such records, arrays of all these and {@code List} of records. Arrays in it
 * are copies. Restoring propagates nothing: no line is driven, no timer armed; those have state of
 * their own.
 *
 * @param <S> the state
 */
public interface Stateful<S extends Record> {
  S state();

  void restore(S state);
}
