package dejavm.bench;

import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** How many instructions were decoded or executed: JMH tells them by the second. */
@State(Scope.Thread)
@AuxCounters(AuxCounters.Type.OPERATIONS)
public class InstructionCount {
  /** Since the iteration began. */
  public long instructions;
}
