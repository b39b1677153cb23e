package dev.quern.serve;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import dev.quern.serve.http.Json;
import dev.quern.serve.http.Request;
import dev.quern.serve.http.Shown;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Writes the response to an {@link InferRequest}. The memory of values sent in binary must have
 * been reserved before.
 */
final class InferResponse {
  static final String JSON_LENGTH = "Inference-Header-Content-Length";

  private static final JsonFactory JSON = new JsonFactory();

  private InferResponse() {}

  static void answer(
      Request request, InferRequest asked, String model, int version, Map<String, TensorValues> all)
      throws IOException {
    List<String> names =
        new ArrayList<>(asked.outputs().isEmpty() ? all.keySet() : asked.outputs().keySet());
    for (String name : names) {
      if (!all.containsKey(name)) {
        throw InferRequest.bad("unknown output " + Shown.of(name) + ", found " + all.keySet());
      }
    }
    List<byte[]> parts = new ArrayList<>();
    HeldOutput text = new HeldOutput(request);
    try (JsonGenerator json = JSON.createGenerator(text)) {
      json.writeStartObject();
      json.writeStringField("model_name", model);
      json.writeStringField("model_version", Integer.toString(version));
      if (asked.id() != null) {
        json.writeStringField("id", asked.id());
      }
      json.writeArrayFieldStart("outputs");
      for (String name : names) {
        boolean binary = asked.outputs().getOrDefault(name, asked.binary());
        output(json, name, all.get(name), binary, parts);
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    List<byte[]> whole = text.parts();
    if (!parts.isEmpty()) {
      request.setHeader(JSON_LENGTH, Long.toString(text.count()));
    }
    String type = parts.isEmpty() ? Json.TYPE : "application/octet-stream";
    whole.addAll(parts);
    request.answer(200, type, whole.toArray(new byte[0][]));
  }

  private static void output(
      JsonGenerator json, String name, TensorValues values, boolean binary, List<byte[]> parts)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("name", name);
    json.writeStringField("datatype", "FP32");
    json.writeArrayFieldStart("shape");
    for (long dim : values.shape().toArray()) {
      json.writeNumber(dim);
    }
    json.writeEndArray();
    if (binary) {
      byte[] bytes = Floats.bytes(values.values());
      parts.add(bytes);
      json.writeObjectFieldStart("parameters");
      json.writeNumberField("binary_data_size", bytes.length);
      json.writeEndObject();
    } else {
      json.writeArrayFieldStart("data");
      for (float v : values.values()) {
        if (Float.isFinite(v)) {
          json.writeNumber(v);
        } else {
          json.writeNull(); // JSON has no NaN
        }
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }
}
