package dev.quern.report.live;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.quern.error.FileAccessException;
import dev.quern.error.InvalidArgumentException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Serves a page, its data and its button on the loopback address. Requests of another host's name
 * or page are refused, so that no site that a browser has open can read or stop a run: a name that
 * leads here (DNS rebinding) shows in Host, a foreign page in Origin. The button wants the token,
 * too, which only the printed address has.
 */
public final class Server implements AutoCloseable {
  private static final String OPERATION = "live page";
  private static final int LARGEST_PORT = 65535;
  private static final int TOKEN_BYTES = 16;
  private static final String TOKEN = "X-Quern-Token";

  private final HttpServer server;
  private final ExecutorService threads;
  private final String token;
  private final String page;
  private final Supplier<String> data;
  private final Runnable stop;

  /**
   * @param port 0 for one that is free
   * @param data JSON; asked for by threads of this server
   * @param stop what the button does
   */
  public Server(int port, String page, Supplier<String> data, Runnable stop) {
    if (port < 0 || port > LARGEST_PORT) {
      throw new InvalidArgumentException(
          OPERATION + ": port " + port + " is outside [0, " + LARGEST_PORT + "]");
    }
    byte[] random = new byte[TOKEN_BYTES];
    new SecureRandom().nextBytes(random);
    token = HexFormat.of().formatHex(random);
    this.page = page;
    this.data = data;
    this.stop = stop;
    try {
      server =
          HttpServer.create(
              new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), port), 8);
    } catch (IOException e) {
      throw new FileAccessException(
          OPERATION + ": port " + port + " cannot be listened on: " + e.getMessage(), e);
    }
    threads =
        Executors.newFixedThreadPool(
            2,
            work -> {
              Thread t = new Thread(work, "quern-live-page");
              t.setDaemon(true);
              t.setPriority(Thread.MIN_PRIORITY);
              return t;
            });
    server.setExecutor(threads);
    server.createContext("/", this::handle);
    server.start();
  }

  public int port() {
    return server.getAddress().getPort();
  }

  /** With the token behind the {@code #}, which browsers send nowhere. */
  public String address() {
    return "http://127.0.0.1:" + port() + "/#" + token;
  }

  private void handle(HttpExchange e) throws IOException {
    try (e) {
      if (!isOwn(e)) {
        answer(e, 403, "text/plain", "refused: not this page's own request\n");
        return;
      }
      String path = e.getRequestURI().getPath();
      boolean get = e.getRequestMethod().equals("GET");
      if (path.equals("/") && get) {
        answer(e, 200, "text/html", page);
      } else if (path.equals("/data") && get) {
        answer(e, 200, "application/json", data.get());
      } else if (path.equals("/stop") && e.getRequestMethod().equals("POST")) {
        stop(e);
      } else {
        boolean known = List.of("/", "/data", "/stop").contains(path);
        answer(e, known ? 405 : 404, "text/plain", "refused\n");
      }
    }
  }

  private boolean isOwn(HttpExchange e) {
    List<String> hosts = List.of("127.0.0.1:" + port(), "localhost:" + port());
    String host = only(e, "Host");
    List<String> origins = e.getRequestHeaders().getOrDefault("Origin", List.of());
    return host != null
        && hosts.contains(host)
        && origins.stream().allMatch(o -> o.equals("http://" + host));
  }

  private static @Nullable String only(HttpExchange e, String header) {
    List<String> all = e.getRequestHeaders().getOrDefault(header, List.of());
    return all.size() == 1 ? all.get(0) : null;
  }

  private void stop(HttpExchange e) throws IOException {
    String given = only(e, TOKEN);
    if (given == null
        || !MessageDigest.isEqual(
            given.getBytes(StandardCharsets.UTF_8), token.getBytes(StandardCharsets.UTF_8))) {
      answer(e, 403, "text/plain", "refused: the token of the printed address is missing\n");
      return;
    }
    stop.run();
    answer(e, 200, "text/plain", "stopping\n");
  }

  private static void answer(HttpExchange e, int status, String type, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    e.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
    e.getResponseHeaders().set("Cache-Control", "no-store");
    e.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    e.getResponseHeaders().set("X-Frame-Options", "DENY");
    e.getResponseHeaders().set("Cross-Origin-Resource-Policy", "same-origin");
    e.sendResponseHeaders(status, bytes.length);
    e.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
