package dev.quern.fuzz.serve;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.quern.data.Image;
import dev.quern.predict.Model;
import dev.quern.predict.Prediction;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A valid request, whose response is known to the bit.
 *
 * @param stage what it passes in the server, by which times are kept apart
 */
record Question(Stage stage, byte[] request, Right right) {
  /** What requests pass. */
  enum Stage {
    /** Values as JSON and binary, and whether the server is ready. */
    TENSORS,
    /** Images that are decoded for a model that no attacker asks for much. */
    IMAGES,
    /** The model of free size, to which attackers send what takes long. */
    FREE
  }

  /** Whether a response of status 200 is right. */
  interface Right {
    boolean is(Wire.Reply reply) throws IOException;
  }

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String JSON_LENGTH = "Inference-Header-Content-Length";

  /** By models of this process, each alone. */
  static List<Question> all() throws IOException {
    List<Question> all = new ArrayList<>();
    all.add(
        new Question(
            Stage.TENSORS,
            Wire.head("GET", "/v2/health/ready"),
            r -> JSON.readTree(r.body()).get("ready").asBoolean()));
    try (Model even = Networks.small(0);
        Model odd = Networks.small(1);
        Model free = Networks.free();
        Model tensors = Networks.tensors()) {
      for (int i = 1; i <= 4; i++) {
        all.add(json(List.of(even, odd), i));
        all.add(binary(tensors, i));
        all.add(labels(List.of(even, odd), i));
      }
      all.add(pixels(free, Pictures.png(24, 16, 5)));
      all.add(pixels(free, Pictures.png(9, 31, 6)));
    }
    return all;
  }

  private static float[] alone(Model model, Shape shape, float... values) {
    try (Arena arena = new Arena()) {
      return model.predict(arena.tensor(shape, values)).toArray();
    }
  }

  private static String input(Shape shape, String rest) {
    return "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":"
        + Arrays.toString(shape.toArray())
        + ","
        + rest
        + "}]";
  }

  private static Question json(List<Model> byParity, int samples) {
    Shape shape = Networks.SMALL.batch(samples);
    float[] values = Networks.values(samples, shape);
    List<float[]> expected = byParity.stream().map(m -> alone(m, shape, values)).toList();
    String text = input(shape, "\"data\":" + Arrays.toString(values)) + "}";
    return new Question(
        Stage.TENSORS,
        Wire.post("/v2/models/small/infer", text.getBytes(StandardCharsets.US_ASCII)),
        reply -> {
          JsonNode root = JSON.readTree(reply.body());
          JsonNode data = root.at("/outputs/0/data");
          float[] found = new float[data.size()];
          for (int i = 0; i < found.length; i++) {
            found[i] = (float) data.get(i).asDouble();
          }
          return Arrays.equals(found, expected.get(root.get("model_version").asInt() % 2));
        });
  }

  private static Question binary(Model model, int samples) {
    Shape shape = Networks.TENSORS.batch(samples);
    float[] values = Networks.values(10 + samples, shape);
    byte[] expected = bytes(alone(model, shape, values));
    String size = "\"parameters\":{\"binary_data_size\":" + 4 * values.length + "}";
    String text = input(shape, size) + ",\"parameters\":{\"binary_data_output\":true}}";
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    body.writeBytes(bytes(values));
    return new Question(
        Stage.TENSORS,
        Wire.post(
            "/v2/models/tensors/infer", body.toByteArray(), JSON_LENGTH + ": " + text.length()),
        reply -> {
          int from = Math.max(0, reply.body().length - expected.length);
          return Arrays.equals(
              Arrays.copyOfRange(reply.body(), from, reply.body().length), expected);
        });
  }

  private static byte[] bytes(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    return bytes.array();
  }

  private static Question labels(List<Model> models, int seed) throws IOException {
    byte[] png = Pictures.png(8, 8, seed);
    Image image = Image.read(png);
    List<Double> expected = new ArrayList<>();
    for (Model m : models) {
      Map<String, Prediction> answers = m.predict(image);
      expected.add(((Prediction.Labels) answers.get("scores")).best().probability());
    }
    return new Question(
        Stage.IMAGES,
        Wire.post("/v1/models/small:predict", png),
        reply ->
            expected.contains(
                JSON.readTree(reply.body())
                    .at("/outputs/scores/predictions/0/probability")
                    .asDouble()));
  }

  private static Question pixels(Model model, byte[] png) {
    int[] expected =
        ((Prediction.PixelClasses) model.predict(Image.read(png)).get("classes")).labels();
    return new Question(
        Stage.FREE,
        Wire.post("/v1/models/free:predict", png),
        reply -> {
          JsonNode labels = JSON.readTree(reply.body()).at("/outputs/classes/labels");
          int[] found = new int[labels.size()];
          for (int i = 0; i < found.length; i++) {
            found[i] = labels.get(i).asInt();
          }
          return Arrays.equals(found, expected);
        });
  }
}
