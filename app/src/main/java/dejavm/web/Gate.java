package dejavm.web;

import java.util.Set;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Fields;

/**
 * Lets in who knows the token. A page elsewhere that makes a browser ask here is kept out as well:
 * it does not know the token; it comes from another origin; and should its own name be made to lead
 * here, then that name stands in the request, where only addresses and {@code localhost} may.
 */
final class Gate extends Handler.Wrapper {
  /** What shows the machine or moves it; all else are the same files for everybody. */
  private static final Set<String> GUARDED =
      Set.of("/", "/index.html", "/rfb", "/serial", "/control");

  private static final String POLICY =
      "default-src 'none'; script-src 'self'; connect-src 'self'; img-src 'self' data:;"
          // xterm.js makes its rules for colours and sizes when it runs
          + " style-src 'self' 'unsafe-inline';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final Token token;
  private final String named;

  /**
   * @param named the host that the user named to listen at: it may stand in requests, too
   */
  Gate(Token token, String named, Handler next) {
    super(next);
    this.token = token;
    this.named = named;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    response.getHeaders().put("Content-Security-Policy", POLICY);
    response.getHeaders().put("X-Content-Type-Options", "nosniff");
    response.getHeaders().put("Referrer-Policy", "no-referrer");
    response.getHeaders().put("Cross-Origin-Opener-Policy", "same-origin");
    response.getHeaders().put("Cross-Origin-Resource-Policy", "same-origin");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    String host = request.getHeaders().get(HttpHeader.HOST);
    String origin = request.getHeaders().get(HttpHeader.ORIGIN);
    if (!"GET".equals(request.getMethod())) {
      refuse(response, callback, HttpStatus.METHOD_NOT_ALLOWED_405, "only GET");
    } else if (!known(host)) {
      refuse(response, callback, HttpStatus.MISDIRECTED_REQUEST_421, "unknown host");
    } else if (origin != null && !origin.equals("http://" + host)) {
      refuse(response, callback, HttpStatus.FORBIDDEN_403, "another origin");
    } else if (GUARDED.contains(Request.getPathInContext(request)) && !invited(request)) {
      refuse(
          response,
          callback,
          HttpStatus.FORBIDDEN_403,
          "The address needs its token: the whole of it was printed when the machine was started.");
    } else {
      return super.handle(request, response, callback);
    }
    return true;
  }

  private boolean invited(Request request) {
    Fields query = Request.extractQueryParameters(request);
    return token.matches(query.getValue("token"));
  }

  /** Whether a host is an address, or a name that cannot be made to lead elsewhere. */
  private boolean known(String host) {
    if (host == null) {
      return false;
    }
    String name = host.replaceFirst(":\\d{1,5}$", "");
    return name.equals("localhost")
        || name.equals(named)
        || name.matches("\\d{1,3}(\\.\\d{1,3}){3}")
        || name.matches("\\[[0-9a-fA-F:.]+]");
  }

  private static void refuse(Response response, Callback callback, int status, String why) {
    response.setStatus(status);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
    Content.Sink.write(response, true, why + "\n", callback);
  }
}
