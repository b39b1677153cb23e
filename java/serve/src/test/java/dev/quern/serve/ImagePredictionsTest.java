package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.data.Image;
import dev.quern.detect.Box;
import dev.quern.detect.CocoRle;
import dev.quern.detect.DecodedBoxes;
import dev.quern.detect.Detection;
import dev.quern.detect.DetectionTask;
import dev.quern.detect.Mask;
import dev.quern.detect.YoloSeg;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.shape.Reshape;
import dev.quern.network.Network;
import dev.quern.network.NetworkBuilder;
import dev.quern.network.Task;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.predict.Prediction;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is said of a picture, by what the model is for; several models on one server. */
@Timeout(120)
class ImagePredictionsTest {
  private final ModelServer server = ModelServer.builder().build();
  private final Client client = new Client(server);

  @AfterEach
  void end() {
    server.close();
  }

  private static NetworkBuilder pixels() {
    return Network.builder("pixels", ServedModels.SHAPE).add("out", new Conv2d(2, 3).padding(1));
  }

  private static NetworkBuilder numbers(Task task) {
    return Network.builder("numbers", ServedModels.SHAPE)
        .add(new Flatten())
        .add("out", new Linear(2))
        .task(task);
  }

  private JsonNode asked(String name) {
    HttpResponse<byte[]> response =
        client.send("POST", "/v1/models/" + name + ":predict", ServedModels.png(3));
    assertThat(response.statusCode()).as(name).isEqualTo(200);
    return Client.json(response);
  }

  @Test
  void byTask() {
    Map<String, Network> all =
        Map.of(
            "regression", numbers(Task.regression("width", "height")).build(),
            "multi", numbers(Task.multiLabel("wet", "cold")).build(),
            "plain", numbers(Task.plain()).build(),
            "classes", pixels().task(Task.pixelClasses("road", "sky")).build());
    all.forEach((name, n) -> server.deploy(name, Model.of(ModelData.untrained(n, 1))));
    for (Map.Entry<String, Network> e : all.entrySet()) {
      JsonNode out = asked(e.getKey()).get("outputs").get("out");
      try (Model model = Model.of(ModelData.untrained(e.getValue(), 1))) {
        check(model.predict(ServedModels.image(3)).get("out"), out);
      }
    }
    JsonNode listed = Client.json(client.get("/v2/models")).get("models");
    assertThat(listed.findValuesAsText("name"))
        .containsExactly("classes", "multi", "plain", "regression");
    assertThat(listed.findValuesAsText("task")).doesNotHaveDuplicates().doesNotContain("");
  }

  private static void check(Prediction expected, JsonNode said) {
    if (expected instanceof Prediction.Labels labels) {
      assertThat(said.get("predictions").size()).isEqualTo(labels.scores().size());
      assertThat(said.at("/predictions/0/label").asText()).isEqualTo(labels.best().label());
    } else if (expected instanceof Prediction.Numbers numbers) {
      assertThat(said.get("names").get(1).asText()).isEqualTo(numbers.names().get(1));
      assertThat(floats(said.get("values"))).isEqualTo(numbers.values());
    } else if (expected instanceof Prediction.PixelClasses classes) {
      assertThat(said.get("shape").toString()).isEqualTo("[8,8]");
      assertThat(said.get("labels").size()).isEqualTo(64);
      for (int i = 0; i < 64; i++) {
        assertThat(said.get("labels").get(i).asInt()).isEqualTo(classes.labels()[i]);
      }
    } else {
      Prediction.Values values = (Prediction.Values) expected;
      assertThat(floats(said.get("values"))).isEqualTo(values.values());
    }
  }

  private static float[] floats(JsonNode array) {
    float[] values = new float[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) array.get(i).asDouble();
    }
    return values;
  }

  @Test
  void boxes() {
    Network network =
        Network.builder("boxes", ServedModels.SHAPE)
            .add("flat", new Flatten())
            .add("s", new Linear(4), "flat")
            .add("scores", new Reshape(2, 2))
            .add("b", new Linear(8), "flat")
            .add("boxes", new Reshape(2, 4))
            .output("scores", "boxes")
            .build();
    ModelData data =
        new ModelData(
                network,
                Map.of(
                    "s.weight", new float[4 * 192],
                    "s.bias", new float[] {0.1f, 0.9f, 0.2f, 0.8f},
                    "b.weight", new float[8 * 192],
                    "b.bias", new float[] {0, 0, 0.5f, 0.5f, 0.5f, 0.5f, 1, 1}),
                Map.of(),
                Map.of())
            .withDetection(
                new DetectionTask(
                    new DecodedBoxes("scores", "boxes", 0), List.of("background", "face")));
    List<Detection> expected;
    try (Model model = Model.of(data)) {
      expected = model.detect(ServedModels.image(3));
    }
    assertThat(expected).isNotEmpty();
    server.deploy("faces", Model.of(data));
    JsonNode found = asked("faces").get("detections");
    assertThat(found.size()).isEqualTo(expected.size());
    for (int i = 0; i < expected.size(); i++) {
      Box box = expected.get(i).box();
      assertThat(found.get(i).get("label").asText()).isEqualTo(expected.get(i).label());
      assertThat(found.get(i).get("score").asDouble()).isEqualTo(expected.get(i).score());
      assertThat(found.get(i).at("/box/0").asDouble()).isEqualTo(box.left());
      assertThat(found.get(i).at("/box/3").asDouble()).isEqualTo(box.bottom());
    }
  }

  @Test
  void masks() {
    Network network =
        Network.builder("seg", ServedModels.SHAPE)
            .add("flat", new Flatten())
            .add("r", new Linear(6), "flat")
            .add("rows", new Reshape(6, 1), "r")
            .add("p", new Linear(2), "flat")
            .add("protos", new Reshape(1, 1, 2), "p")
            .output("rows", "protos")
            .build();
    Map<String, float[]> weights =
        Map.of(
            "r.weight", new float[6 * 192],
            "r.bias", new float[] {4, 4, 8, 8, 0.75f, 1},
            "p.weight", new float[2 * 192],
            "p.bias", new float[] {9, -9});
    ModelData data =
        new ModelData(network, weights, Map.of(), Map.of())
            .withDetection(new DetectionTask(new YoloSeg("rows", "protos"), List.of("half")));
    Image image = ServedModels.image(3);
    Mask expected;
    try (Model model = Model.of(data)) {
      expected = model.detect(image).get(0).mask();
    }
    assertThat(expected.area()).isEqualTo(image.height() * (image.width() / 2));
    server.deploy("seg", Model.of(data));
    JsonNode mask = asked("seg").at("/detections/0/mask");
    Size size = new Size(mask.at("/size/0").asInt(), mask.at("/size/1").asInt());
    assertThat(size).isEqualTo(new Size(image.height(), image.width()));
    assertThat(CocoRle.of(size, mask.get("counts").asText()).mask()).isEqualTo(expected);
  }

  /** Of a network that takes any size; those of one size run together. */
  @Test
  void sizesAreNotMixed() {
    Network network =
        Network.builder("free", Shape.of(3, Shape.FREE, Shape.FREE))
            .add(new Conv2d(4, 3).padding(1))
            .add(new AdaptiveAvgPool2d(1))
            .add(new Flatten())
            .add("out", new Linear(2))
            .build();
    try (Model model = Model.of(ModelData.untrained(network, 1));
        BatchingModel serving = BatchingModel.builder(model).build()) {
      List<TensorValues> asked = new ArrayList<>();
      List<CompletableFuture<Map<String, TensorValues>>> answers = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        Shape shape = Shape.of(1, 3, 4 + i % 3, 5);
        asked.add(new TensorValues(shape, ServedModels.values(i, shape)));
        answers.add(serving.predict(Map.of("input", asked.get(i))));
      }
      for (int i = 0; i < 30; i++) {
        assertThat(answers.get(i).join().get("out").values())
            .isEqualTo(ServedModels.alone(model, asked.get(i)));
      }
    }
  }
}
