package dejavm.cpu;

/**
 * What things cost in ticks of guest time, beside the 1 that each instruction, repeat iteration and
 * delivered event costs. Part of the machine's description, since all of guest time follows from
 * it.
 *
 * @param pause ticks of a PAUSE, 1 or more: high, so that the guest's delay loops execute few
 * @param portAccess further ticks of an access to a port, 0 or more: about 0.7 µs on a PC's ISA
 *     bus; drivers time out by counting reads
 */
public record CostTable(int pause, int portAccess) {
  public CostTable {
    if (pause < 1 || portAccess < 0) {
      throw new IllegalArgumentException("costs must be positive");
    }
  }
}
