package dejavm.host;

import dejavm.session.Side;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.SequencedMap;

/**
 * Lets another process drive a side of a comparison; {@link OtherBuild} is the client. A request is
 * its name and its arguments, an answer its values, both as {@link DataOutputStream} writes them;
 * the first thing said is {@link #GREETING}.
 */
public final class SideServer {
  /** Changes with every change of what is said. */
  static final String GREETING = "dejavm side 1";

  private final Side side;

  public SideServer(Side side) {
    this.side = side;
  }

  /** Answers until there are no more requests. */
  public void serve(InputStream in, OutputStream out) {
    try {
      DataInputStream requests = new DataInputStream(in);
      DataOutputStream answers = new DataOutputStream(new BufferedOutputStream(out));
      answers.writeUTF(GREETING);
      answers.flush();
      while (true) {
        answer(requests.readUTF(), requests, answers);
        answers.flush();
      }
    } catch (EOFException e) {
      // The client is done.
    } catch (IOException e) {
      throw HostFailure.writing("the comparing process", e);
    }
  }

  private void answer(String request, DataInputStream in, DataOutputStream out) throws IOException {
    switch (request) {
      case "restart" -> side.restart();
      case "advance" -> {
        Side.Place place = side.advance(in.readLong());
        out.writeLong(place.now());
        out.writeLong(place.retired());
        out.writeBoolean(place.ended());
        out.writeUTF(place.failure());
      }
      case "hashes" -> {
        SequencedMap<String, Long> hashes = side.hashes();
        out.writeInt(hashes.size());
        for (var entry : hashes.sequencedEntrySet()) {
          out.writeUTF(entry.getKey());
          out.writeLong(entry.getValue());
        }
      }
      case "fields" -> {
        SequencedMap<String, String> fields = side.fields(in.readUTF());
        out.writeInt(fields.size());
        for (var entry : fields.sequencedEntrySet()) {
          out.writeUTF(entry.getKey());
          out.writeUTF(entry.getValue());
        }
      }
      case "pages" -> {
        long[] pages = side.pages(in.readUTF());
        out.writeInt(pages.length);
        for (long hash : pages) {
          out.writeLong(hash);
        }
      }
      case "page" -> {
        byte[] page = side.page(in.readUTF(), in.readInt());
        out.writeInt(page.length);
        out.write(page);
      }
      case "instruction" -> out.writeUTF(side.instruction());
      default -> throw new IOException("request " + request + " is unknown");
    }
  }
}
