package dejavm.host;

import dejavm.session.Side;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** A side that another build of the program replays, in a process of its own. */
public final class OtherBuild implements Side, AutoCloseable {
  private final Path build;
  private final Process process;
  private final DataInputStream answers;
  private final DataOutputStream requests;

  /**
   * Starts it.
   *
   * @param build a program, a jar of it, or the directory of its sources
   * @param recording what it replays
   */
  public OtherBuild(Path build, Path recording) {
    this.build = build;
    try {
      process =
          new ProcessBuilder(command(build, recording))
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      answers = new DataInputStream(new BufferedInputStream(process.getInputStream()));
      requests = new DataOutputStream(new BufferedOutputStream(process.getOutputStream()));
      String greeting = answers.readUTF();
      if (!greeting.equals(SideServer.GREETING)) {
        throw new IOException("it says " + greeting + " instead of " + SideServer.GREETING);
      }
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private static List<String> command(Path build, Path recording) {
    String file = recording.toAbsolutePath().toString();
    if (build.toString().endsWith(".jar")) {
      String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
      return List.of(
          java, "--enable-native-access=ALL-UNNAMED", "-jar", build.toString(), "side", file);
    }
    Path program = Files.isDirectory(build) ? build.resolve("dejavm") : build;
    return List.of(program.toAbsolutePath().toString(), "side", file);
  }

  private HostFailure unusable(IOException e) {
    String reason = e.getMessage() == null ? "it ended" : e.getMessage();
    return HostFailure.reading(
        "the other build, " + build, new IOException("cannot be compared with: " + reason));
  }

  /** What is asked, and what is made of the answer. */
  private interface Exchange<T> {
    T with(DataOutputStream out, DataInputStream in) throws IOException;
  }

  private <T> T ask(Exchange<T> exchange) {
    try {
      return exchange.with(requests, answers);
    } catch (IOException e) {
      throw unusable(e);
    }
  }

  private static void say(DataOutputStream out, String request) throws IOException {
    out.writeUTF(request);
    out.flush();
  }

  private static void say(DataOutputStream out, String request, String component)
      throws IOException {
    out.writeUTF(request);
    out.writeUTF(component);
    out.flush();
  }

  @Override
  public String name() {
    return "build " + build;
  }

  @Override
  public void restart() {
    ask((out, _) -> {
      say(out, "restart");
      return null;
    });
  }

  @Override
  public Place advance(long retired) {
    return ask((out, in) -> {
      out.writeUTF("advance");
      out.writeLong(retired);
      out.flush();
      return new Place(in.readLong(), in.readLong(), in.readBoolean(), in.readUTF());
    });
  }

  @Override
  public SequencedMap<String, Long> hashes() {
    return ask((out, in) -> {
      say(out, "hashes");
      SequencedMap<String, Long> hashes = new LinkedHashMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        hashes.put(in.readUTF(), in.readLong());
      }
      return hashes;
    });
  }

  @Override
  public SequencedMap<String, String> fields(String component) {
    return ask((out, in) -> {
      say(out, "fields", component);
      SequencedMap<String, String> fields = new LinkedHashMap<>();
      for (int left = in.readInt(); left > 0; left--) {
        fields.put(in.readUTF(), in.readUTF());
      }
      return fields;
    });
  }

  @Override
  public long[] pages(String component) {
    return ask((out, in) -> {
      say(out, "pages", component);
      long[] pages = new long[in.readInt()];
      for (int i = 0; i < pages.length; i++) {
        pages[i] = in.readLong();
      }
      return pages;
    });
  }

  @Override
  public byte[] page(String component, int number) {
    return ask((out, in) -> {
      out.writeUTF("page");
      out.writeUTF(component);
      out.writeInt(number);
      out.flush();
      byte[] page = new byte[in.readInt()];
      in.readFully(page);
      return page;
    });
  }

  @Override
  public String instruction() {
    return ask((out, in) -> {
      say(out, "instruction");
      return in.readUTF();
    });
  }

  @Override
  public void close() {
    process.destroy();
  }
}
