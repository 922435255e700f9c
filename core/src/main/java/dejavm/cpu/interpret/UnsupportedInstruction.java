package dejavm.cpu.interpret;

import dejavm.cpu.decode.Insn;
import dejavm.cpu.decode.Mnemonic;

/**
 * An instruction that the decoder knows and the CPU does not have: #UD for the guest, and a line in
 * the statistics.
 */
final class UnsupportedInstruction extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Mnemonic mnemonic;

  UnsupportedInstruction(Insn insn) {
    super(null, null, false, false);
    mnemonic = insn.mnemonic;
  }

  Mnemonic mnemonic() {
    return mnemonic;
  }
}
