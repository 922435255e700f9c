package dejavm.bench;

import dejavm.cpu.decode.Decoder;
import dejavm.cpu.decode.Insn;
import dejavm.measure.Kernel;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/** Decodes a kernel's image, or the half million instructions of {@code cold}, from end to end. */
@State(Scope.Thread)
@OutputTimeUnit(TimeUnit.SECONDS)
public class DecoderBench {
  @Param({"cold", "sha256", "mandel-sse2", "hash64"})
  public String kernel;

  private final Decoder decoder = new Decoder();
  private byte[] code;
  private int mode;

  /** Takes the module where there is one. */
  @Setup
  public void load() {
    Kernel chosen = Kernel.named(kernel).orElseThrow();
    code = chosen.module().orElseGet(chosen::image);
    mode = chosen.is64() ? 64 : 32;
  }

  /** What is data in an image is decoded too. */
  @Benchmark
  public void decode(InstructionCount count, Blackhole hole) {
    int at = 0;
    while (at < code.length) {
      Insn insn = decoder.decode(code, at, code.length, mode);
      if (insn == null) {
        break;
      }
      hole.consume(insn);
      at += insn.length;
      count.instructions++;
    }
  }
}
