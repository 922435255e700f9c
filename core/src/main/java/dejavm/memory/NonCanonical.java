package dejavm.memory;

/**
 * An access in long mode to a linear address whose bits 63 to 47 are not alike: #SS(0) for the
 * stack, else #GP(0). Carries no stack trace, since it is part of normal operation.
 */
public final class NonCanonical extends RuntimeException {
  private static final long serialVersionUID = 1;

  public NonCanonical() {
    super("an address that is not canonical", null, false, false);
  }
}
