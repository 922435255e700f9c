package dejavm.cli;

import dejavm.rfb.VncPassword;
import dejavm.rfb.VncServer;
import dejavm.web.WebServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Where the machine is shown while it runs: the same for running and replaying. */
final class DisplayOptions {
  @Option(
      names = "--display",
      paramLabel = "none|vnc=[HOST]:N|web=[HOST]:PORT",
      split = ",",
      converter = DisplayTarget.Converter.class,
      description = {
        "Where the machine is shown: to VNC viewers, at port 5900+N; in a browser, at PORT, with its"
            + " serial console and buttons.",
        "Several with commas between, or given several times. Default: none; default host: 127.0.0.1."
      })
  private List<DisplayTarget> displays = new ArrayList<>();

  @Option(
      names = "--vnc-password-file",
      paramLabel = "F",
      description = "What VNC viewers have to know: the first line, of which eight bytes count.")
  private Path passwordFile;

  /** Refuses what cannot be had, and what others could reach without anything asked of them. */
  void check() {
    for (DisplayTarget target : displays) {
      switch (target) {
        case DisplayTarget.None _ -> {}
        case DisplayTarget.Vnc(String host, int port) -> {
          if (passwordFile == null && VncServer.reachable(host)) {
            throw Refusal.usage(
                "--display vnc=%s:%d: others can reach it, so it needs a --vnc-password-file"
                    .formatted(host, port - DisplayTarget.FIRST_VNC_PORT));
          }
        }
        case DisplayTarget.Web _ -> {
          if (!WebServer.complete()) {
            throw Refusal.usage(
                "--display web: this build lacks the page's scripts: install npm (apt install npm),"
                    + " then touch pom.xml and start again");
          }
        }
      }
    }
    password();
  }

  /** The displays asked for. */
  List<DisplayTarget> targets() {
    return displays.stream().filter(target -> !(target instanceof DisplayTarget.None)).toList();
  }

  /** What VNC viewers have to know, or null. */
  VncPassword password() {
    if (passwordFile == null) {
      return null;
    }
    String text = new String(MachineOptions.bytes(passwordFile), StandardCharsets.UTF_8);
    String password = text.lines().findFirst().orElse("");
    if (password.isEmpty()) {
      throw Refusal.usage(passwordFile + ": has no password in its first line");
    }
    return new VncPassword(password.getBytes(StandardCharsets.UTF_8));
  }
}
