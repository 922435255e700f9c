package dejavm.measure;

import java.util.OptionalLong;

/** What runs kernels: DejaVM with one of its engines, or QEMU in one of its ways. */
interface Contender {
  /**
   * What a run came to.
   *
   * @param result what the kernel printed
   * @param instructions that it executed, where the contender counts them
   */
  record Outcome(String result, double wallSeconds, double cpuSeconds, OptionalLong instructions) {
    double seconds(Seconds which) {
      return which == Seconds.WALL ? wallSeconds : cpuSeconds;
    }
  }

  /** What it is called in tables. */
  String title();

  /** Runs a kernel once. */
  Outcome run(Kernel kernel, int size) throws MeasurementFailed;
}
