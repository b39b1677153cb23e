package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.detect.Detection;
import dev.quern.predict.Answer;
import dev.quern.serve.http.AnswerJson;
import dev.quern.serve.http.Json;
import dev.quern.serve.http.Multipart;
import dev.quern.serve.http.Request;
import dev.quern.serve.http.Route;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A picture in, what the model says of it out. */
final class PictureRoutes {
  /** Labels of an answer. */
  private static final int TOP = 5;

  private final Registry registry;
  private final Metrics metrics;
  private final long maxPixels;

  private PictureRoutes(Registry registry, Metrics metrics, long maxPixels) {
    this.registry = registry;
    this.metrics = metrics;
    this.maxPixels = maxPixels;
  }

  static List<Route> of(Registry registry, Metrics metrics, long maxPixels) {
    PictureRoutes routes = new PictureRoutes(registry, metrics, maxPixels);
    return List.of(Route.of("POST", "/v1/models/NAME:predict", routes::predict));
  }

  private void predict(Request request, List<String> parts) throws IOException {
    Deployment d = registry.find(parts.get(0));
    if (d == null) {
      throw InferRoutes.missing(parts);
    }
    Image image = image(request);
    if (d.batching().network().detection() != null) {
      Asked<List<Detection>> asked = registry.ask(parts.get(0), m -> m.detect(image));
      found(request, parts, asked);
    } else {
      Asked<Map<String, Answer>> asked = registry.ask(parts.get(0), m -> m.answer(image));
      said(request, parts, asked);
    }
  }

  private Image image(Request request) throws IOException {
    byte[] body = request.body();
    String type = request.contentType();
    if (type.equals("multipart/form-data")) {
      body = Multipart.firstFile(String.valueOf(request.header("Content-Type")), body);
    }
    return Image.read(body, maxPixels);
  }

  private static void found(
      Request request, List<String> parts, @Nullable Asked<List<Detection>> asked)
      throws IOException {
    if (asked == null) {
      throw InferRoutes.missing(parts);
    }
    List<Detection> all = asked.answer().join();
    request.answer(200, Json.TYPE, Json.object(json -> AnswerJson.detections(json, all)));
  }

  private void said(Request request, List<String> parts, @Nullable Asked<Map<String, Answer>> asked)
      throws IOException {
    if (asked == null) {
      throw InferRoutes.missing(parts);
    }
    Map<String, Answer> answers = asked.answer().join();
    for (Answer a : answers.values()) {
      if (a instanceof Answer.Labels labels) {
        metrics.predicted(asked.by().name(), labels.best().label());
      }
    }
    request.answer(200, Json.TYPE, Json.object(json -> AnswerJson.answers(json, answers, TOP)));
  }
}
