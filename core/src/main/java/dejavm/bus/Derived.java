package dejavm.bus;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Marks a mutable field of a {@link Stateful} component that is not part of its state, because it
 * follows from it, is set while the machine is wired, or cannot be observed by the guest.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.FIELD)
public @interface Derived {
  /** Why the field need not be saved. */
  String value();
}
