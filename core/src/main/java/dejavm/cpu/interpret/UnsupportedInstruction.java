package dejavm.cpu.interpret;

/**
 * An instruction that the decoder knows and the CPU does not have: #UD for the guest, and a line in
 * the statistics.
 */
final class UnsupportedInstruction extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnsupportedInstruction() {
    super(null, null, false, false);
  }
}
