package dev.quern.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.quern.serve.http.Budget;
import dev.quern.serve.http.HttpError;
import dev.quern.serve.http.Json;
import dev.quern.serve.http.Request;
import dev.quern.serve.http.Route;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Phaser;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;

/** Finds who answers a request, and makes an answer of what is thrown. */
final class Service implements HttpHandler {
  private static final System.Logger LOG = System.getLogger("dev.quern.serve");
  private static final System.Logger ACCESS = System.getLogger("dev.quern.serve.access");
  private static final String CLOSE = "close";

  private final Metrics metrics;
  private final Budget budget;
  private final long maxBodyBytes;
  private final Guard guard;
  private final List<Route> open = new ArrayList<>();
  private final List<Route> all = new ArrayList<>();

  /** Requests that are being answered, and one more until this ends. */
  private final Phaser running = new Phaser(1);

  private volatile boolean ending;

  Service(Registry registry, Metrics metrics, Budget budget, ModelServer.Builder b) {
    this.metrics = metrics;
    this.budget = budget;
    maxBodyBytes = b.maxBodyBytes;
    guard = new Guard(b.token, b.address);
    open.addAll(HealthRoutes.of(registry));
    open.addAll(PageRoutes.files());
    all.addAll(open);
    all.addAll(InferRoutes.of(registry, metrics));
    all.addAll(PictureRoutes.of(registry, metrics, b.maxPixels));
    all.addAll(PageRoutes.of(registry, metrics));
  }

  @Override
  public void handle(HttpExchange exchange) {
    running.register();
    try {
      handle(new Request(exchange, maxBodyBytes, budget));
    } finally {
      running.arriveAndDeregister();
    }
  }

  private void handle(Request request) {
    long begin = System.nanoTime();
    try (request) {
      String route = "none";
      try {
        Found found = find(request);
        route = found.route.name();
        found.route.handler().handle(request, found.parts);
      } catch (RuntimeException | Error e) {
        HttpError error = Failures.error(e);
        if (request.status() != 0) {
          throw new IOException("its answer was cut", e);
        }
        refuse(request, error);
      } finally {
        // before the last bytes leave: who has an answer finds it counted
        long nanos = System.nanoTime() - begin;
        metrics.request(route, request.status(), nanos);
        log(request, nanos);
      }
      request.drain();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, () -> "serve: " + request.client() + " left", e);
    }
  }

  private static void refuse(Request request, HttpError error) throws IOException {
    if (error.status() == 429 || error.status() == 503) {
      request.setHeader("Retry-After", "1");
    }
    request.answer(error.status(), Json.TYPE, Json.error(error.getMessage()));
  }

  /** Who answers, and what its path leaves open. */
  private record Found(Route route, List<String> parts) {}

  private Found find(Request request) {
    if (ending) {
      request.setHeader("Connection", CLOSE);
      throw new HttpError(503, "the server ends");
    }
    guard.requireOwn(request);
    Set<String> methods = new LinkedHashSet<>();
    for (Route route : all) {
      Matcher path = route.matcher(request.path());
      if (path.matches()) {
        if (route.takes(request.method())) {
          if (!open.contains(route)) {
            guard.requireToken(request);
          }
          return new Found(route, parts(path));
        }
        methods.add(route.method());
      }
    }
    if (methods.isEmpty()) {
      throw new HttpError(404, "there is no such path; /openapi.json lists them");
    }
    request.setHeader("Allow", String.join(", ", methods));
    throw new HttpError(405, "this path does not take this method");
  }

  private static List<String> parts(Matcher path) {
    List<String> parts = new ArrayList<>();
    for (int i = 1; i <= path.groupCount(); i++) {
      parts.add(path.group(i));
    }
    return parts;
  }

  private static void log(Request request, long nanos) {
    ACCESS.log(
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

  /** Refuses what comes, and waits for what is being answered, not longer than so many seconds. */
  void end(long seconds) {
    ending = true;
    try {
      running.awaitAdvanceInterruptibly(running.arriveAndDeregister(), seconds, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (TimeoutException e) {
      LOG.log(System.Logger.Level.WARNING, "serve: requests are cut by the server's end");
    }
  }
}
