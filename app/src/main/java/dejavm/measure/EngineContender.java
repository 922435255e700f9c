package dejavm.measure;

import dejavm.host.TimedChild.Took;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** DejaVM, with one of its engines. */
final class EngineContender implements Contender {
  private final Bench bench;
  private final KernelFiles files;
  private final Engine engine;

  EngineContender(Bench bench, KernelFiles files, Engine engine) {
    this.bench = bench;
    this.files = files;
    this.engine = engine;
  }

  @Override
  public String title() {
    return engine.title();
  }

  @Override
  public Outcome run(Kernel kernel, int size) throws MeasurementFailed {
    Path console = bench.file("console");
    List<String> command =
        new ArrayList<>(List.of("run", "--kernel", files.image(kernel).toString()));
    files
        .module(kernel)
        .ifPresent(module -> command.addAll(List.of("--initrd", module.toString())));
    command.addAll(engine.options());
    command.addAll(List.of("-m", "64M", "--append", "size=" + size, "--debug-exit", "--serial"));
    command.addAll(List.of("none", "--debugcon", "file:" + console, "--pace", "max", "--json"));
    Took took = bench.dejavm(command, Kernel.EXIT_CODE);
    OptionalLong instructions = OptionalLong.of(Engine.instructions(took.errors()));
    return new Outcome(
        bench.text(console).strip(), took.wallSeconds(), took.cpuSeconds(), instructions);
  }
}
