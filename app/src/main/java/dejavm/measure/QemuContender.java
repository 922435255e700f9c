package dejavm.measure;

import dejavm.host.TimedChild.Took;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** QEMU, in one of its ways. */
final class QemuContender implements Contender {
  private final Bench bench;
  private final KernelFiles files;
  private final QemuWay way;

  QemuContender(Bench bench, KernelFiles files, QemuWay way) {
    this.bench = bench;
    this.files = files;
    this.way = way;
  }

  @Override
  public String title() {
    return way.title();
  }

  @Override
  public Outcome run(Kernel kernel, int size) throws MeasurementFailed {
    Path console = bench.file("console");
    List<String> command =
        new ArrayList<>(List.of("-kernel", files.image(kernel).toString(), "-m", "64"));
    files.module(kernel).ifPresent(module -> command.addAll(List.of("-initrd", module.toString())));
    command.addAll(List.of("-append", "size=" + size, "-serial", "none"));
    command.addAll(List.of("-debugcon", "file:" + console));
    command.addAll(List.of("-device", "isa-debug-exit,iobase=0xf4,iosize=4"));
    command.addAll(way.options(bench.file("rr")));
    Took took = bench.qemu(kernel.is64(), command, Kernel.EXIT_CODE);
    return new Outcome(
        bench.text(console).strip(), took.wallSeconds(), took.cpuSeconds(), OptionalLong.empty());
  }
}
