package dejavm.measure;

import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Kernels as files, written when they are first asked for. */
final class KernelFiles {
  private final Bench bench;
  private final Set<Kernel> written = EnumSet.noneOf(Kernel.class);

  KernelFiles(Bench bench) {
    this.bench = bench;
  }

  Path image(Kernel kernel) {
    write(kernel);
    return bench.file(kernel.title());
  }

  Optional<Path> module(Kernel kernel) {
    write(kernel);
    return kernel.module().map(_ -> module(kernel.title()));
  }

  private Path module(String title) {
    return bench.file(title + ".module");
  }

  private void write(Kernel kernel) {
    if (written.add(kernel)) {
      bench.write(bench.file(kernel.title()), kernel.image());
      kernel.module().ifPresent(module -> bench.write(module(kernel.title()), module));
    }
  }
}
