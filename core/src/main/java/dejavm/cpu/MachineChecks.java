package dejavm.cpu;

import dejavm.bus.Stateful;
import java.util.Arrays;

/**
 * The machine-check registers: where a processor reports errors of its own.
 *
 * <p>Nothing ever fails here, so the banks never report any, and there is no #MC; what software
 * enables is held. Status, address and the rest of a bank can be cleared and nothing else. A reset
 * clears the controls; INIT keeps them. Source: SDM volume 3, section 16.3; volume 4, table 2-2.
 */
public final class MachineChecks implements Stateful<MachineChecks.State> {
  private static final int CAPABILITIES = 0x179;
  private static final int STATUS = 0x17A;
  private static final int CONTROL = 0x17B;
  private static final int FIRST_BANK = 0x400;

  /** As many as a P6 has, of four registers each: control, status, address, miscellaneous. */
  private static final int BANKS = 5;

  /** IA32_MCG_CAP: the banks, and IA32_MCG_CTL (MCG_CTL_P). */
  private static final long WHAT_THERE_IS = BANKS | 1 << 8;

  /** IA32_MCG_STATUS: RIPV, EIPV, MCIP. */
  private static final long STATUS_BITS = 7;

  private long status;
  private long control;
  private final long[] bankControls = new long[BANKS];

  /**
   * What the registers hold.
   *
   * @param status IA32_MCG_STATUS
   * @param control IA32_MCG_CTL
   * @param bankControls IA32_MCi_CTL of each bank
   */
  public record State(long status, long control, long[] bankControls) {}

  /** Whether a model-specific register is one of these. */
  static boolean has(int index) {
    return index >= CAPABILITIES && index <= CONTROL || isOfBank(index);
  }

  long read(int index) {
    return switch (index) {
      case CAPABILITIES -> WHAT_THERE_IS;
      case STATUS -> status;
      case CONTROL -> control;
      default -> isBankControl(index) ? bankControls[bank(index)] : 0;
    };
  }

  /**
   * Sets a register.
   *
   * @throws Fault #GP(0) for a reserved bit, IA32_MCG_CAP, and a report other than 0
   */
  void write(int index, long value) {
    switch (index) {
      case CAPABILITIES -> throw Fault.gp(0);
      case STATUS -> {
        require((value & ~STATUS_BITS) == 0);
        status = value;
      }
      case CONTROL -> control = value;
      default -> {
        if (isBankControl(index)) {
          bankControls[bank(index)] = value;
        } else {
          require(value == 0);
        }
      }
    }
  }

  void reset() {
    status = 0;
    control = 0;
    Arrays.fill(bankControls, 0);
  }

  private static boolean isOfBank(int index) {
    return index >= FIRST_BANK && index < FIRST_BANK + 4 * BANKS;
  }

  private static boolean isBankControl(int index) {
    return (index & 3) == 0;
  }

  private static int bank(int index) {
    return index - FIRST_BANK >> 2;
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw Fault.gp(0);
    }
  }

  @Override
  public State state() {
    return new State(status, control, bankControls.clone());
  }

  /** All that {@link #state} tells, from a place on; the place after it. */
  int words(long[] out, int from) {
    out[from] = status;
    out[from + 1] = control;
    System.arraycopy(bankControls, 0, out, from + 2, BANKS);
    return from + 2 + BANKS;
  }

  @Override
  public void restore(State state) {
    status = state.status;
    control = state.control;
    System.arraycopy(state.bankControls, 0, bankControls, 0, BANKS);
  }
}
