package dejavm.bench;

import dejavm.machine.Execution;
import dejavm.measure.Kernel;
import dejavm.memory.Mmu;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A load at a linear address: from pages that the translation cache holds, and from so many that
 * every load walks the page tables and fills an entry. The tables are those of a kernel.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class TranslationBench {
  private static final int LOADS = 4096;
  private static final int HEAP = 0x80_0000;
  private static final int PAGE = 4096;

  /** A half of the cache's entries, so that the pages of tables and stack fit as well. */
  private static final int FEW = 512;

  /** With tables of two levels, and of four. */
  @Param({"list", "list64"})
  public String kernel;

  private Mmu mmu;

  @Setup
  public void boot() {
    mmu =
        Booted.machine(Kernel.named(kernel).orElseThrow(), Execution.Kind.INTERPRET)
            .processor()
            .cpu()
            .mmu;
  }

  @Benchmark
  @OperationsPerInvocation(LOADS)
  public int hit() {
    int sum = 0;
    for (int i = 0; i < LOADS; i++) {
      sum += mmu.load32(HEAP + i % FEW * PAGE);
    }
    return sum;
  }

  @Benchmark
  @OperationsPerInvocation(LOADS)
  public int walk() {
    int sum = 0;
    for (int i = 0; i < LOADS; i++) {
      sum += mmu.load32(HEAP + i * PAGE);
    }
    return sum;
  }
}
