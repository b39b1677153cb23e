package dev.quern.serve;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.quern.network.Network;
import dev.quern.serve.http.HttpError;
import dev.quern.serve.http.Json;
import dev.quern.serve.http.Request;
import dev.quern.serve.http.Route;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/** Routes of the Open Inference Protocol, version 2: metadata, and inference with tensors. */
final class InferRoutes {
  private static final String MODEL = "/v2/models/NAME";
  private static final String VERSION = "/versions/VERSION";

  /**
   * The largest number of copies of the outputs in memory at the same time: first the model's
   * tensor, the batch's array and the request's array; later the request's array, the bytes of this
   * array, and an off-heap copy of the bytes that are sent.
   */
  private static final int OUTPUT_COPIES = 3;

  private final Registry registry;
  private final Metrics metrics;
  private final long mostHeld;

  private InferRoutes(Registry registry, Metrics metrics, long mostHeld) {
    this.registry = registry;
    this.metrics = metrics;
    this.mostHeld = mostHeld;
  }

  /**
   * Returns the routes.
   *
   * @param mostHeld the memory budget of all requests together, in bytes
   */
  static List<Route> of(Registry registry, Metrics metrics, long mostHeld) {
    InferRoutes routes = new InferRoutes(registry, metrics, mostHeld);
    List<Route> all = new ArrayList<>();
    all.add(Route.of("GET", "/v2", (request, parts) -> server(request)));
    for (String model : List.of(MODEL, MODEL + VERSION)) {
      all.add(Route.of("GET", model, routes::metadata));
      all.add(
          Route.of(
              "GET",
              model + "/ready",
              (request, parts) -> {
                routes.find(parts);
                HealthRoutes.tell(request, "ready", true);
              }));
      all.add(Route.of("POST", model + "/infer", routes::infer));
    }
    return all;
  }

  private static void server(Request request) throws IOException {
    request.answer(
        200,
        Json.TYPE,
        Json.object(
            json -> {
              json.writeStringField("name", "quern");
              json.writeStringField("version", version());
              json.writeArrayFieldStart("extensions");
              json.writeString("binary_tensor_data");
              json.writeEndArray();
            }));
  }

  /**
   * Returns the version in the jar's manifest, or {@code unknown} if the classes do not come from a
   * jar.
   */
  private static String version() {
    String version = InferRoutes.class.getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }

  private Deployment find(List<String> parts) {
    Deployment d = registry.find(parts.get(0));
    if (d == null) {
      throw registry.missing(parts);
    }
    requireVersion(parts, d);
    return d;
  }

  private void requireVersion(List<String> parts, Deployment d) {
    if (parts.size() > 1 && !parts.get(1).equals(Integer.toString(d.version()))) {
      throw registry.missing(parts);
    }
  }

  private void metadata(Request request, List<String> parts) throws IOException {
    Deployment d = find(parts);
    Network network = d.batching().network();
    request.answer(
        200,
        Json.TYPE,
        Json.object(
            json -> {
              json.writeStringField("name", d.name());
              json.writeArrayFieldStart("versions");
              json.writeString(Integer.toString(d.version()));
              json.writeEndArray();
              json.writeStringField("platform", "quern");
              tensors(json, "inputs", network.inputs());
              tensors(json, "outputs", outputs(network));
            }));
  }

  private static Map<String, Shape> outputs(Network network) {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    network.outputs().forEach(name -> shapes.put(name, network.shapes().get(name)));
    return shapes;
  }

  /** Writes the shapes of tensors; -1 stands for the batch axis and for dynamic sizes. */
  private static void tensors(JsonGenerator json, String field, Map<String, Shape> all)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (Map.Entry<String, Shape> e : all.entrySet()) {
      json.writeStartObject();
      json.writeStringField("name", e.getKey());
      json.writeStringField("datatype", "FP32");
      json.writeArrayFieldStart("shape");
      json.writeNumber(-1);
      for (long dim : e.getValue().toArray()) {
        json.writeNumber(dim > 0 ? dim : -1);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private void infer(Request request, List<String> parts) {
    find(parts);
    request.body(body -> ask(request, parts, body));
  }

  private void ask(Request request, List<String> parts, byte[] body) throws IOException {
    int jsonBytes = jsonBytes(request, body.length);
    request.hold(InferRequest.bytes(body.length, jsonBytes));
    InferRequest asked = InferRequest.read(body, jsonBytes, request::requireTime);
    request.hold(asked.rawBytes());
    AtomicReference<Map<String, TensorValues>> taken = new AtomicReference<>();
    Asked<Map<String, TensorValues>> answer =
        registry.ask(
            parts.get(0),
            model -> {
              holdOutputs(request, model.outputBytes(asked.inputs()));
              Map<String, TensorValues> inputs = asked.inputs(model.model().data());
              taken.set(inputs);
              return model.predict(inputs, request.left());
            });
    if (answer == null) {
      throw registry.missing(parts);
    }
    Deployment by = answer.by();
    request.await(
        answer.answer(),
        outputs -> {
          requireVersion(parts, by); // the model may have been replaced meanwhile
          taken.get().values().forEach(input -> observe(by.name(), input));
          InferResponse.answer(request, asked, by.name(), by.version(), outputs);
        });
  }

  /** Reserves the memory of the outputs before they are computed. */
  private void holdOutputs(Request request, long bytes) {
    if (bytes > mostHeld / OUTPUT_COPIES) {
      throw new HttpError(
          413,
          "infer: the outputs have "
              + bytes
              + " bytes, which are buffered "
              + OUTPUT_COPIES
              + " times; the limit of all requests together is "
              + mostHeld);
    }
    request.hold(OUTPUT_COPIES * bytes);
  }

  private void observe(String model, TensorValues input) {
    int each = input.values().length / input.samples();
    for (int i = 0; i < input.samples(); i++) {
      metrics.input(model, InputStatistics.of(input.values(), i * each, (i + 1) * each));
    }
  }

  private static int jsonBytes(Request request, int length) {
    String said = request.header(InferResponse.JSON_LENGTH);
    if (said == null) {
      return length;
    }
    try {
      int bytes = Integer.parseInt(said.trim());
      if (bytes > 0 && bytes <= length) {
        return bytes;
      }
    } catch (NumberFormatException e) {
      // reported below
    }
    throw new HttpError(
        400, "infer: " + InferResponse.JSON_LENGTH + " must be within the body's length");
  }
}
