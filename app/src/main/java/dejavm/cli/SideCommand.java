package dejavm.cli;

import dejavm.host.SideServer;
import dejavm.host.Streams;
import dejavm.record.RecordingReader;
import dejavm.session.ReplaySide;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code dejavm side}: what {@code verify --against BUILD} starts of the other build. */
@Command(
    name = "side",
    hidden = true,
    description = "Replays a recording as requests on standard input say, for verify --against.")
final class SideCommand implements Callable<Integer> {
  private final Streams streams;

  @Parameters(paramLabel = "FILE", description = "A recording.")
  private Path file;

  @Mixin private EngineOptions engine;

  SideCommand(Streams streams) {
    this.streams = streams;
  }

  @Override
  public Integer call() {
    return new Opened(file).with((reader, _) -> serve(reader));
  }

  private int serve(RecordingReader reader) {
    new SideServer(new ReplaySide(file.toString(), reader, engine.kind()))
        .serve(streams.in(), streams.out());
    return ExitCode.DONE;
  }
}
