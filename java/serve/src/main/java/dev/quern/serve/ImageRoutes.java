package dev.quern.serve;

import dev.quern.data.Image;
import dev.quern.detect.Detection;
import dev.quern.io.json.PredictionJson;
import dev.quern.predict.Prediction;
import dev.quern.serve.http.HttpError;
import dev.quern.serve.http.Json;
import dev.quern.serve.http.Multipart;
import dev.quern.serve.http.Request;
import dev.quern.serve.http.Route;
import dev.quern.tensor.Size;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Routes that compute predictions for image files. */
final class ImageRoutes {
  /** Number of labels that a response lists, starting with the most likely. */
  private static final int TOP = 5;

  private static final String FORM = "multipart/form-data";

  /** Content types of clients that do not choose one: the empty string, and curl's defaults. */
  private static final Set<String> ANY =
      Set.of("", "application/octet-stream", "application/x-www-form-urlencoded");

  private final Registry registry;
  private final Metrics metrics;
  private final Decoding decoding;

  private ImageRoutes(Registry registry, Metrics metrics, Decoding decoding) {
    this.registry = registry;
    this.metrics = metrics;
    this.decoding = decoding;
  }

  static List<Route> of(Registry registry, Metrics metrics, Decoding decoding) {
    ImageRoutes routes = new ImageRoutes(registry, metrics, decoding);
    return List.of(Route.of("POST", "/v1/models/NAME:predict", routes::predict));
  }

  private void predict(Request request, List<String> parts) {
    if (registry.find(parts.get(0)) == null) {
      throw registry.missing(parts);
    }
    String type = request.contentType();
    if (!ANY.contains(type) && !type.startsWith("image/") && !type.equals(FORM)) {
      throw new HttpError(415, "predict: the body must be an image or a form with an image");
    }
    request.body(body -> decode(request, parts, body));
  }

  private void ask(Request request, List<String> parts, Image image) {
    Deployment d = registry.find(parts.get(0));
    if (d != null && d.batching().network().detection() != null) {
      Asked<List<Detection>> asked =
          asked(
              parts,
              registry.ask(d.name(), m -> held(request, m, image).detect(image, request.left())));
      request.await(
          asked.answer(),
          found -> {
            Size size = new Size(image.height(), image.width());
            found.forEach(f -> metrics.predicted(asked.by().name(), f.label()));
            observe(asked.by(), image);
            answer(request, Json.object(json -> PredictionJson.detections(json, found, size)));
          });
    } else {
      Asked<Map<String, Prediction>> asked =
          asked(
              parts,
              registry.ask(
                  parts.get(0), m -> held(request, m, image).predict(image, request.left())));
      request.await(
          asked.answer(),
          said -> {
            said.values().forEach(a -> predicted(asked.by().name(), a));
            observe(asked.by(), image);
            answer(request, Json.object(json -> PredictionJson.predictions(json, said, TOP)));
          });
    }
  }

  /**
   * Reserves the memory of the outputs before they are computed: a tensor, an array for the batch,
   * and an array for the request.
   */
  private static BatchingModel held(Request request, BatchingModel model, Image image) {
    request.hold(3 * model.outputBytes(image));
    return model;
  }

  private <A> Asked<A> asked(List<String> parts, @Nullable Asked<A> asked) {
    if (asked == null) {
      throw registry.missing(parts);
    }
    return asked;
  }

  /**
   * Decodes an image. The memory for decoding is reserved before it is allocated; after decoding,
   * only the image's memory remains reserved.
   */
  private void decode(Request request, List<String> parts, byte[] body) {
    byte[] file = body;
    if (request.contentType().equals(FORM)) {
      request.hold(body.length);
      file = Multipart.firstFile(String.valueOf(request.header("Content-Type")), body);
    }
    AtomicLong held = new AtomicLong();
    LongConsumer memory =
        bytes -> {
          request.hold(bytes);
          held.addAndGet(bytes);
        };
    request.await(
        decoding.decode(file, request.left(), memory),
        image -> {
          request.give(held.get() - image.shape().elements());
          ask(request, parts, image);
        });
  }

  private void predicted(String model, Prediction prediction) {
    if (prediction instanceof Prediction.Labels labels) {
      metrics.predicted(model, labels.best().label());
    }
  }

  private void observe(Deployment by, Image image) {
    metrics.input(
        by.name(), InputStatistics.of(image, by.batching().model().data().normalization()));
  }

  private static void answer(Request request, byte[] json) {
    request.hold(json.length);
    request.answer(200, Json.TYPE, json);
  }
}
