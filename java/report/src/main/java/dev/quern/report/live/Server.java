package dev.quern.report.live;

import dev.quern.error.FileAccessException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.serve.http.Budget;
import dev.quern.serve.http.HostGuard;
import dev.quern.serve.http.HttpError;
import dev.quern.serve.http.Limits;
import dev.quern.serve.http.Listener;
import dev.quern.serve.http.Log;
import dev.quern.serve.http.Request;
import dev.quern.serve.http.RequestHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The HTTP server of a live page, for the page, its data and its button. It listens on the loopback
 * address only. Requests with another host name or from a page of another site are rejected, so
 * that no other site can read or stop a run. The button also needs a token, which only the printed
 * address contains.
 */
public final class Server implements AutoCloseable {
  private static final String OPERATION = "live page";
  private static final int LARGEST_PORT = 65535;
  private static final int TOKEN_BYTES = 16;
  private static final String TOKEN = "X-Quern-Token";
  private static final Limits LIMITS =
      new Limits(1024, Duration.ofSeconds(10), Duration.ofSeconds(10), 1024, new Budget(1 << 20));

  private final Listener listener;
  private final String token;

  /**
   * Starts the server.
   *
   * @param port the port to listen on; 0 for a free port
   * @param page the HTML page
   * @param data function that returns the page's data as JSON; called on the server's threads
   * @param stop the action of the button
   */
  public Server(int port, String page, Supplier<String> data, Runnable stop) {
    if (port < 0 || port > LARGEST_PORT) {
      throw new InvalidArgumentException(
          OPERATION + ": port " + port + " is outside [0, " + LARGEST_PORT + "]");
    }
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    token = HexFormat.of().formatHex(random);
    try {
      InetAddress loopback = InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
      Pages pages = new Pages(page, data, stop, token);
      listener =
          new Listener(
              "quern-live-page", 2, new InetSocketAddress(loopback, port), null, LIMITS, pages);
    } catch (IOException e) {
      throw new FileAccessException(
          OPERATION + ": port " + port + " cannot be bound: " + e.getMessage(), e);
    }
  }

  public int port() {
    return listener.address().getPort();
  }

  /**
   * Returns the URL of the page. The token is after the {@code #}, because browsers do not send
   * that part.
   */
  public String address() {
    return "http://127.0.0.1:" + port() + "/#" + token;
  }

  /** Handles the requests for the page, its data and its button. */
  private record Pages(String page, Supplier<String> data, Runnable stop, String token)
      implements RequestHandler {
    private static final Map<String, String> METHODS =
        Map.of("/", "GET", "/data", "GET", "/stop", "POST");
    private static final HostGuard GUARD = new HostGuard(true);

    @Override
    public void begin(Request request) {
      GUARD.require(request);
      String method = METHODS.get(request.path());
      if (!request.method().equals(method)) {
        throw new HttpError(method == null ? 404 : 405, "refused");
      }
      if (method.equals("POST")) {
        requireToken(request);
      }
      // on a thread that may block
      request.body(body -> answer(request));
    }

    private void answer(Request request) {
      switch (request.path()) {
        case "/" -> answer(request, 200, "text/html", page);
        case "/data" -> answer(request, 200, "application/json", data.get());
        default -> {
          stop.run();
          answer(request, 200, "text/plain", "stopping\n");
        }
      }
    }

    private void requireToken(Request request) {
      String given = request.header(TOKEN);
      if (given == null
          || !MessageDigest.isEqual(
              given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8))) {
        throw new HttpError(403, "refused: the token of the printed address is missing");
      }
    }

    @Override
    public void failed(Request request, Throwable thrown) {
      if (thrown instanceof HttpError error) {
        answer(request, error.status(), "text/plain", error.getMessage() + "\n");
      } else {
        Log.error("live page: a request failed", thrown);
        answer(request, 500, "text/plain", "the request failed; see the log\n");
      }
    }

    private static void answer(Request request, int status, String type, String text) {
      request.setHeader("X-Frame-Options", "DENY");
      request.setHeader("Cross-Origin-Resource-Policy", "same-origin");
      request.answer(status, type + "; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void ended(Request request) {}
  }

  @Override
  public void close() {
    listener.close(0);
  }
}
