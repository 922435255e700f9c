package dejavm.bench;

import dejavm.bus.Paged;
import dejavm.machine.Execution;
import dejavm.machine.Machine;
import dejavm.measure.Kernel;
import dejavm.snapshot.PageTree;
import dejavm.snapshot.StateCodec;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Digests as a recording takes them: of the CPU, and of RAM after some pages were written. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class DigestBench {
  private static final int WRITTEN = 1000;

  private final StateCodec codec = new StateCodec();
  private final byte[] bytes = new byte[Paged.PAGE];
  private Machine machine;
  private PageTree tree;

  @Setup
  public void boot() {
    machine = Booted.machine(Kernel.LIST, Execution.Kind.INTERPRET);
    tree = PageTree.of(machine.processor().ram());
  }

  @Benchmark
  public long cpu() {
    return codec.digest(machine.processor().cpu().state());
  }

  /** A thousand pages, each of them other than before. */
  @Benchmark
  public long thousandPages() {
    Paged ram = machine.processor().ram();
    bytes[0]++;
    for (int page = 0; page < WRITTEN; page++) {
      ram.writePage(Paged.PAGE + page, bytes);
    }
    return tree.update();
  }
}
