package dejavm.cli;

import dejavm.host.ByteSink;
import dejavm.host.HostFailure;
import dejavm.host.HostOutputs;
import dejavm.host.LiveInputs;
import dejavm.host.SerialPeer;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Where the guest's serial ports and its debug console go: the same for running and replaying. */
final class StreamOptions {
  @Option(
      names = "--serial",
      paramLabel = "stdio|file:F|none",
      converter = StreamTarget.Converter.class,
      description = {
        "Where the serial port COM1 goes; given twice, COM1 and COM2.",
        "Default: stdio, COM2 none."
      })
  private List<StreamTarget> serial = new ArrayList<>();

  @Option(
      names = "--debugcon",
      paramLabel = "stdio|file:F|none",
      converter = StreamTarget.Converter.class,
      description = "Where the debug console (port 0xE9) goes. Default: none.")
  private StreamTarget debugConsole = new StreamTarget.None();

  private final List<ByteSink> opened = new ArrayList<>();

  /** Refuses what makes no sense. */
  void check() {
    if (serial.size() > LiveInputs.PORTS) {
      throw Refusal.usage(
          "there are two serial ports; --serial was given %d times".formatted(serial.size()));
    }
    if (serial.stream().filter(StreamTarget.Stdio.class::isInstance).count() > 1) {
      throw Refusal.usage("only one serial port can be on stdio");
    }
  }

  /** Whether what is typed goes to COM1. */
  boolean readsStandardInput() {
    return serial.isEmpty() || serial.getFirst() instanceof StreamTarget.Stdio;
  }

  /** Opens them all. */
  HostOutputs open(Report report, SerialPeer peer) {
    List<ByteSink> sinks = new ArrayList<>();
    for (int port = 0; port < LiveInputs.PORTS; port++) {
      sinks.add(target(port).open(report));
    }
    ByteSink debug = debugConsole.open(report);
    opened.addAll(sinks);
    opened.add(debug);
    opened.removeIf(sink -> sink == null || sink == report.sink());
    return new HostOutputs(sinks, debug, peer);
  }

  private StreamTarget target(int port) {
    if (port < serial.size()) {
      return serial.get(port);
    }
    return port == 0 ? new StreamTarget.Stdio() : new StreamTarget.None();
  }

  /**
   * Closes them all.
   *
   * @throws HostFailure where one could not be written to its end
   */
  void close() {
    opened.forEach(ByteSink::close);
    for (ByteSink sink : opened) {
      if (sink.failure() != null) {
        throw sink.failure();
      }
    }
  }
}
