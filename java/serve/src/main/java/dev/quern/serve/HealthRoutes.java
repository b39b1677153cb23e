package dev.quern.serve;

import dev.quern.serve.http.Json;
import dev.quern.serve.http.Request;
import dev.quern.serve.http.Route;
import java.io.IOException;
import java.util.List;

/** Routes for liveness and readiness; requests to them do not need a token. */
final class HealthRoutes {
  private HealthRoutes() {}

  static List<Route> of(Registry registry) {
    return List.of(
        Route.of("GET", "/v2/health/live", (request, parts) -> tell(request, "live", true)),
        Route.of(
            "GET",
            "/v2/health/ready",
            (request, parts) -> tell(request, "ready", registry.isReady())));
  }

  static void tell(Request request, String what, boolean is) throws IOException {
    request.answer(
        is ? 200 : 503, Json.TYPE, Json.object(json -> json.writeBooleanField(what, is)));
  }
}
