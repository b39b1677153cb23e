package dev.quern.serve;

import dev.quern.serve.http.Json;
import dev.quern.serve.http.Request;
import dev.quern.serve.http.Route;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** Routes for the page for trying models, the API's description, and metrics. */
final class PageRoutes {
  /**
   * Content security policy of the page: it may only run its own script and send requests to its
   * own server.
   */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:;"
          + " connect-src 'self'; frame-ancestors 'none'";

  private static final String METRICS = "text/plain; version=0.0.4; charset=utf-8";

  private PageRoutes() {}

  /**
   * Returns the routes of static files. These routes do not need a token, because a browser cannot
   * send a token when it loads a page.
   */
  static List<Route> files() {
    return List.of(
        file("/", "page.html", "text/html"),
        file("/page.js", "page.js", "text/javascript"),
        file("/page.css", "page.css", "text/css"),
        file("/openapi.json", "openapi.json", Json.TYPE));
  }

  static List<Route> of(Registry registry, Metrics metrics) {
    return List.of(
        Route.of("GET", "/v2/models", (request, parts) -> models(request, registry)),
        Route.of(
            "GET",
            "/metrics",
            // on a thread that may block, because there may be many models
            (request, parts) ->
                request.body(none -> request.answer(200, METRICS, metrics.text()))));
  }

  /**
   * Returns the route of a static file. The file is read in advance, because file descriptors may
   * be exhausted later.
   */
  private static Route file(String path, String name, String type) {
    byte[] file = resource(name);
    return Route.of(
        "GET",
        path,
        (request, parts) -> {
          request.setHeader("Content-Security-Policy", POLICY);
          request.answer(200, type + "; charset=utf-8", file);
        });
  }

  private static byte[] resource(String name) {
    try (InputStream in = PageRoutes.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("serve: " + name + " is not in the jar");
      }
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("serve: " + name + " cannot be read", e);
    }
  }

  private static void models(Request request, Registry registry) throws IOException {
    request.answer(
        200,
        Json.TYPE,
        Json.object(
            json -> {
              json.writeArrayFieldStart("models");
              for (Deployment d : registry.all()) {
                json.writeStartObject();
                json.writeStringField("name", d.name());
                json.writeStringField("version", Integer.toString(d.version()));
                json.writeStringField("task", d.task());
                json.writeEndObject();
              }
              json.writeEndArray();
            }));
  }
}
