package dev.quern.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.quern.error.ClosedException;
import dev.quern.error.FormatException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.ShapeException;
import dev.quern.serve.http.HttpError;
import dev.quern.serve.http.Json;
import dev.quern.serve.http.Request;
import dev.quern.serve.http.Route;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import org.jspecify.annotations.Nullable;

/** Finds who answers a request, and makes an answer of what is thrown. */
final class Service implements HttpHandler {
  private static final System.Logger LOG = System.getLogger("dev.quern.serve");
  private static final String BEARER = "Bearer ";

  private final Metrics metrics;
  private final long maxBodyBytes;
  private final @Nullable String token;
  private final List<Route> open;
  private final List<Route> all = new ArrayList<>();

  Service(Registry registry, Metrics metrics, ModelServer.Builder b) {
    this.metrics = metrics;
    maxBodyBytes = b.maxBodyBytes;
    token = b.token;
    open = HealthRoutes.of(registry);
    all.addAll(open);
    all.addAll(InferRoutes.of(registry));
    all.addAll(PictureRoutes.of(registry, metrics, b.maxPixels));
    all.addAll(PageRoutes.of(registry, metrics));
  }

  @Override
  public void handle(HttpExchange exchange) {
    long begin = System.nanoTime();
    Request request = new Request(exchange, maxBodyBytes);
    String route = "none";
    try (exchange) {
      try {
        route = answer(request);
      } catch (RuntimeException | Error e) {
        HttpError error = error(e);
        if (request.status() == 0) {
          if (error.status() == 429 || error.status() == 503) {
            request.setHeader("Retry-After", "1");
          }
          request.answer(error.status(), Json.TYPE, Json.error(error.getMessage()));
        }
      }
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.DEBUG,
          () -> "serve: " + request.client() + " left: " + e.getMessage());
    }
    long nanos = System.nanoTime() - begin;
    metrics.request(route, request.status(), nanos);
    log(request, nanos);
  }

  /** The name of the route. */
  private String answer(Request request) throws IOException {
    boolean known = false;
    for (Route route : all) {
      Matcher path = route.matcher(request.path());
      if (path.matches()) {
        known = true;
        if (takes(route, request.method())) {
          requireOwn(request);
          if (!open.contains(route)) {
            requireToken(request);
          }
          List<String> parts = new ArrayList<>();
          for (int i = 1; i <= path.groupCount(); i++) {
            parts.add(path.group(i));
          }
          route.handler().handle(request, parts);
          return route.name();
        }
      }
    }
    throw known
        ? new HttpError(405, "this path does not take this method")
        : new HttpError(404, "there is no such path; /openapi.json lists them");
  }

  private static boolean takes(Route route, String method) {
    return route.method().equals(method) || route.method().equals("GET") && method.equals("HEAD");
  }

  /** No page of another site may ask by a visitor's browser. */
  private static void requireOwn(Request request) {
    String origin = request.header("Origin");
    String host = request.header("Host");
    if (origin != null && !origin.equals("http://" + host) && !origin.equals("https://" + host)) {
      throw new HttpError(403, "the request comes from another site's page");
    }
  }

  private void requireToken(Request request) {
    if (token == null) {
      return;
    }
    String given = request.header("Authorization");
    boolean right =
        given != null
            && given.startsWith(BEARER)
            && MessageDigest.isEqual(
                given.substring(BEARER.length()).getBytes(StandardCharsets.UTF_8),
                token.getBytes(StandardCharsets.UTF_8));
    if (!right) {
      request.setHeader("WWW-Authenticate", "Bearer");
      throw new HttpError(401, "the request does not show the token");
    }
  }

  /** What a client is told. What is nobody's fault but this program's is logged and not told. */
  private static HttpError error(Throwable thrown) {
    Throwable e =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    if (e instanceof HttpError error) {
      return error;
    }
    if (e instanceof OverloadedException) {
      return new HttpError(429, e.getMessage());
    }
    if (e instanceof DeadlineException
        || e instanceof ClosedException
        || e instanceof CancellationException) {
      return new HttpError(503, String.valueOf(e.getMessage()));
    }
    if (e instanceof FormatException
        || e instanceof ShapeException
        || e instanceof InvalidArgumentException) {
      return new HttpError(400, e.getMessage());
    }
    if (e instanceof MemoryLimitException || e instanceof OutOfMemoryError) {
      LOG.log(System.Logger.Level.WARNING, "serve: no memory for a request", e);
      return new HttpError(503, "there is no memory for the request");
    }
    LOG.log(System.Logger.Level.ERROR, "serve: a request failed", e);
    return new HttpError(500, "the request failed; the server's log says why");
  }

  private static void log(Request request, long nanos) {
    LOG.log(
        System.Logger.Level.DEBUG,
        () ->
            Json.text(
                json -> {
                  json.writeStringField("client", request.client());
                  json.writeStringField("method", request.method());
                  json.writeStringField("path", request.path());
                  json.writeNumberField("status", request.status());
                  json.writeNumberField("bytes", request.sent());
                  json.writeNumberField("micros", nanos / 1000);
                }));
  }
}
