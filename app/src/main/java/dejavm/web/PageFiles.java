package dejavm.web;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * The files of the page: our own, and those of noVNC and xterm.js, which the build gets from npm
 * and which are handed on as they are.
 */
final class PageFiles extends Handler.Abstract {
  private static final String PAGE = "page";

  /** Two files that are there if npm was when this program was built. */
  private static final String[] FROM_NPM = {"/npm/novnc/core/rfb.js", "/npm/xterm/lib/xterm.mjs"};

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "mjs", "text/javascript; charset=utf-8",
          "svg", "image/svg+xml",
          "txt", "text/plain; charset=utf-8");

  /** Whether the build has what comes from npm. */
  static boolean complete() {
    for (String path : FROM_NPM) {
      if (bytes(path) == null) {
        return false;
      }
    }
    return true;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    String asked = Request.getPathInContext(request);
    String path = asked.equals("/") ? "/index.html" : asked;
    String type = TYPES.get(path.substring(path.lastIndexOf('.') + 1));
    byte[] bytes = type == null ? null : bytes(path);
    if (bytes == null) {
      Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
      return true;
    }
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, type);
    response.write(true, ByteBuffer.wrap(bytes), callback);
    return true;
  }

  /** A file of the page, null if there is none. */
  private static byte[] bytes(String path) {
    // names that lead nowhere but downwards
    if (!path.matches("(/[\\w-][\\w.-]*)+")) {
      return null;
    }
    try (InputStream in = PageFiles.class.getResourceAsStream(PAGE + path)) {
      return in == null ? null : in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
