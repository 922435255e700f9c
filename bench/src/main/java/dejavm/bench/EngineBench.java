package dejavm.bench;

import dejavm.machine.Execution;
import dejavm.machine.Machine;
import dejavm.measure.Kernel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Runs a kernel, a million ticks at a time, the whole machine around it. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.SECONDS)
public class EngineBench {
  private static final long SLICE = 1_000_000;

  @Param({"sieve", "sha256", "qsort", "pages", "hash64"})
  public String kernel;

  @Param({"TRANSLATE", "INTERPRET"})
  public Execution.Kind engine;

  private Machine machine;

  @Setup
  public void boot() {
    machine = Booted.machine(Kernel.named(kernel).orElseThrow(), engine);
  }

  @Benchmark
  public Machine.Stop run(InstructionCount count) {
    long before = machine.retired();
    Machine.Stop stop = machine.run(machine.now() + SLICE);
    count.instructions += machine.retired() - before;
    return stop;
  }
}
