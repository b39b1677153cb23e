package dev.quern.serve;

import dev.quern.serve.http.HttpError;
import dev.quern.serve.http.Json;
import dev.quern.serve.http.Request;
import dev.quern.serve.http.RequestHandler;
import dev.quern.serve.http.Route;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;

/** Dispatches requests to routes, and converts exceptions to error responses. */
final class Service implements RequestHandler {
  private static final System.Logger ACCESS = System.getLogger("dev.quern.serve.access");

  private final Metrics metrics;
  private final Guard guard;
  private final List<Route> open = new ArrayList<>();
  private final List<Route> all = new ArrayList<>();

  private final Decoding decoding;
  private volatile boolean ending;

  Service(Registry registry, Metrics metrics, ServerSettings settings) {
    this.metrics = metrics;
    guard = new Guard(settings.token, settings.address);
    decoding = new Decoding(settings.maxPixels);
    open.addAll(HealthRoutes.of(registry));
    open.addAll(PageRoutes.files());
    all.addAll(open);
    all.addAll(InferRoutes.of(registry, metrics, settings.maxRequestMemory));
    all.addAll(ImageRoutes.of(registry, metrics, decoding));
    all.addAll(PageRoutes.of(registry, metrics));
  }

  @Override
  public void begin(Request request) throws IOException {
    Found found = find(request);
    request.setRoute(found.route.name());
    found.route.handler().handle(request, found.parts);
  }

  @Override
  public void failed(Request request, Throwable thrown) {
    HttpError error = Failures.error(thrown);
    if (error.status() == 429 || error.status() == 503) {
      request.setHeader("Retry-After", "1");
    }
    request.answer(error.status(), Json.TYPE, Json.error(error.getMessage()));
  }

  @Override
  public void ended(Request request) {
    long nanos = request.nanos();
    metrics.request(request.route(), request.status(), nanos);
    log(request, nanos);
  }

  /** A route, and the variable parts of the requested path. */
  private record Found(Route route, List<String> parts) {}

  private Found find(Request request) {
    if (ending) {
      request.last();
      throw new HttpError(503, "the server is shutting down");
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
      throw new HttpError(404, "unknown path; /openapi.json lists all paths");
    }
    request.setHeader("Allow", String.join(", ", methods));
    throw new HttpError(405, "the path does not support this method");
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

  /** Rejects new requests. */
  void end() {
    ending = true;
  }

  /** Stops the threads; all requests must have been completed or aborted before. */
  void close() {
    decoding.close();
  }
}
