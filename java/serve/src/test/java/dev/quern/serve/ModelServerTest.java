package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.data.Normalization;
import dev.quern.data.Preprocessing;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.network.Task;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.predict.Prediction;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The protocol, pictures, and models that come and go. */
@Timeout(120)
class ModelServerTest extends SmallServer {
  private final Model reference = ServedModels.model(1);

  @AfterEach
  void endReference() {
    reference.close();
  }

  @Test
  void whatThereIs() {
    assertThat(client.get("/v2/health/live").statusCode()).isEqualTo(200);
    assertThat(client.get("/v2/health/ready").statusCode()).isEqualTo(200);
    JsonNode about = Client.json(client.get("/v2"));
    assertThat(about.get("name").asText()).isEqualTo("quern");
    assertThat(about.get("extensions").toString()).contains("binary_tensor_data");
    JsonNode model = Client.json(client.get("/v2/models/small"));
    assertThat(model.get("versions").toString()).isEqualTo("[\"1\"]");
    assertThat(model.get("inputs").toString())
        .isEqualTo("[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[-1,3,8,8]}]");
    assertThat(model.get("outputs").toString())
        .isEqualTo("[{\"name\":\"scores\",\"datatype\":\"FP32\",\"shape\":[-1,3]}]");
    assertThat(client.get("/v2/models/small/versions/1/ready").statusCode()).isEqualTo(200);
    assertThat(client.get("/v2/models/small/versions/2/ready").statusCode()).isEqualTo(404);
    assertThat(client.get("/v2/models/none/ready").statusCode()).isEqualTo(404);
    assertThat(Client.json(client.get("/openapi.json")).get("paths").size()).isGreaterThan(9);
    assertThat(new String(client.get("/").body(), StandardCharsets.UTF_8)).contains("page.js");
    assertThat(server.remove("small")).isTrue();
    assertThat(server.remove("small")).isFalse();
    assertThat(client.get("/v2/health/ready").statusCode()).isEqualTo(503);
  }

  /** JSON has enough digits for a float's bits. */
  @Test
  void tensorsInJson() {
    float[] values = ServedModels.values(3, 2);
    float[] expected = ServedModels.alone(reference, values);
    String flat = Arrays.toString(values);
    String nested =
        Arrays.toString(
            new String[] {
              Arrays.toString(Arrays.copyOf(values, 192)),
              Arrays.toString(Arrays.copyOfRange(values, 192, 384))
            });
    for (String data : new String[] {flat, nested}) {
      HttpResponse<byte[]> response = client.post(INFER, request("\"data\":" + data));
      assertThat(response.statusCode()).isEqualTo(200);
      JsonNode answer = Client.json(response);
      assertThat(answer.get("id").asText()).isEqualTo("7");
      assertThat(answer.get("model_name").asText()).isEqualTo("small");
      assertThat(answer.get("model_version").asText()).isEqualTo("1");
      JsonNode scores = answer.get("outputs").get(0);
      assertThat(scores.get("shape").toString()).isEqualTo("[2,3]");
      for (int i = 0; i < expected.length; i++) {
        assertThat((float) scores.get("data").get(i).asDouble()).isEqualTo(expected[i]);
      }
    }
  }

  @Test
  void tensorsInBinary() {
    float[] values = ServedModels.values(4, 2);
    HttpResponse<byte[]> response = binary(values);
    assertThat(response.statusCode()).isEqualTo(200);
    int at = jsonLength(response);
    JsonNode scores = Client.json(Arrays.copyOf(response.body(), at)).get("outputs").get(0);
    assertThat(scores.get("parameters").get("binary_data_size").asInt()).isEqualTo(24);
    assertThat(scores.has("data")).isFalse();
    assertThat(Client.floats(response.body(), at)).isEqualTo(ServedModels.alone(reference, values));
  }

  /** Values of the training data, a mean for each feature or channel: the bits of training. */
  @Test
  void valuesThatTheServerNormalizes() {
    Network mlp = Networks.mlp(Shape.of(3), 2).withTask(Task.singleLabel("up", "down"));
    Normalization n =
        new Normalization(new float[] {2000, 0.5f, -3e-4f}, new float[] {25, 3, 1e-5f});
    ModelData rows = ModelData.untrained(mlp, 1).withPreprocessing(Preprocessing.of(n));
    float[][] given = {{1990, 1, -2.9e-4f}, {2030, 0, -3.1e-4f}};
    server.deploy("rows", Model.of(rows));
    String body =
        request("%s\"data\":[1990,1,-2.9e-4,2030,0,-3.1e-4]").replace("[2,3,8,8]", "[2,3]");
    float[] expected;
    try (Model model = Model.of(rows);
        Arena arena = new Arena()) {
      expected = model.predict(n.batch(arena, Shape.of(3), given)).toArray();
      Tensor raw = arena.tensor(Shape.of(2, 3), 1990, 1, -2.9e-4f, 2030, 0, -3.1e-4f);
      assertThat(scores(body, "\"parameters\":{\"normalize\":false},"))
          .isEqualTo(model.predict(raw).toArray());
    }
    assertThat(scores(body, "\"parameters\":{\"normalize\":true},")).isEqualTo(expected);
    assertThat(scores(body, "")).isNotEqualTo(expected);
    HttpResponse<byte[]> bad = infer(body, "\"parameters\":{\"normalize\":1},");
    assertThat(bad.statusCode()).isEqualTo(400);
    assertThat(new String(bad.body(), StandardCharsets.UTF_8))
        .contains("normalize must be true or false");
    String four = body.replace("[2,3]", "[1,6]");
    assertThat(infer(four, "\"parameters\":{\"normalize\":true},").statusCode()).isEqualTo(400);
  }

  private HttpResponse<byte[]> infer(String body, String parameters) {
    return client.post("/v2/models/rows/infer", body.formatted(parameters));
  }

  private float[] scores(String body, String parameters) {
    return Client.scores(infer(body, parameters));
  }

  private HttpResponse<byte[]> binary(float... values) {
    String head =
        request("\"parameters\":{\"binary_data_size\":1536}")
            .replace("}]}", "}],\"parameters\":{\"binary_data_output\":true}}");
    byte[] json = head.getBytes(StandardCharsets.UTF_8);
    return client.send(
        "POST",
        INFER,
        Client.joined(json, Client.bytes(values)),
        "Inference-Header-Content-Length",
        Integer.toString(json.length));
  }

  private static int jsonLength(HttpResponse<byte[]> response) {
    return (int) response.headers().firstValueAsLong("Inference-Header-Content-Length").getAsLong();
  }

  /** What an output says goes before what the request says. */
  @Test
  void someOutputsInBinary() {
    String body = request("\"data\":" + Arrays.toString(ServedModels.values(4, 2)));
    String all = ",\"parameters\":{\"binary_data_output\":true,\"priority\":[1]}}";
    String own = "}],\"outputs\":[{\"name\":\"scores\",\"parameters\":{\"binary_data\":%s}}]";
    for (String said : new String[] {"true", "false"}) {
      HttpResponse<byte[]> response =
          client.post(INFER, body.replace("}]}", own.formatted(said) + all));
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.headers().firstValue("Inference-Header-Content-Length").isPresent())
          .isEqualTo(said.equals("true"));
    }
  }

  /** Many at once, by JSON and in binary: each gets the bits of its own samples. */
  @Test
  void manyClients() throws InterruptedException {
    Queue<Integer> wrong = new ConcurrentLinkedQueue<>();
    Thread[] clients = new Thread[16];
    for (int c = 0; c < clients.length; c++) {
      int first = 1000 * c;
      clients[c] =
          new Thread(
              () -> {
                for (int i = first; i < first + 30; i++) {
                  if (!Arrays.equals(asked(i), expected(ServedModels.values(i, 2)))) {
                    wrong.add(i);
                  }
                }
              });
      clients[c].start();
    }
    for (Thread t : clients) {
      t.join();
    }
    assertThat(wrong).isEmpty();
    String metrics = new String(client.get("/metrics").body(), StandardCharsets.UTF_8);
    String batches = "quern_batch_samples_count{model=\"small\"} ";
    String from = metrics.substring(metrics.indexOf(batches) + batches.length());
    assertThat(Integer.parseInt(from.substring(0, from.indexOf('\n'))))
        .as("batches of %s requests", 16 * 30)
        .isLessThan(16 * 30);
  }

  private float[] asked(int seed) {
    float[] values = ServedModels.values(seed, 2);
    if (seed % 2 == 0) {
      return Client.scores(client.post(INFER, request("\"data\":" + Arrays.toString(values))));
    }
    HttpResponse<byte[]> response = binary(values);
    return Client.floats(response.body(), jsonLength(response));
  }

  private float[] expected(float... values) {
    return ServedModels.alone(reference, values);
  }

  @Test
  void headsHaveTheLengthOfWhatIsNotSent() {
    HttpResponse<byte[]> whole = client.get("/v2/models/small");
    HttpResponse<byte[]> head = client.send("HEAD", "/v2/models/small", null);
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().firstValueAsLong("Content-Length").getAsLong())
        .isEqualTo(whole.body().length);
    assertThat(client.send("HEAD", INFER, null).statusCode()).isEqualTo(405);
  }

  @Test
  void pictures() {
    byte[] png = ServedModels.png(5);
    Prediction.Labels expected =
        (Prediction.Labels) reference.predict(ServedModels.image(5)).get("scores");
    byte[] form =
        Client.joined(
            Client.joined(
                ("--cut\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n--cut\r\n"
                        + "Content-Disposition: form-data; name=\"image\"; filename=\"a.png\"\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8),
                png),
            "\r\n--cut--\r\n".getBytes(StandardCharsets.UTF_8));
    for (HttpResponse<byte[]> response :
        List.of(
            client.send("POST", PREDICT, png),
            client.send("POST", PREDICT, png, "Content-Type", "image/png"),
            client.send(
                "POST", PREDICT, form, "Content-Type", "multipart/form-data; boundary=cut"))) {
      assertThat(response.statusCode()).isEqualTo(200);
      JsonNode predictions = Client.json(response).get("outputs").get("scores").get("predictions");
      assertThat(predictions.size()).isEqualTo(3);
      assertThat(predictions.get(0).get("label").asText()).isEqualTo(expected.best().label());
      assertThat(predictions.get(0).get("probability").asDouble())
          .isEqualTo(expected.best().probability());
    }
    String metrics = new String(client.get("/metrics").body(), StandardCharsets.UTF_8);
    assertThat(metrics)
        .contains(
            "quern_predicted_total{label=\"" + expected.best().label() + "\",model=\"small\"} 3.0")
        .contains("quern_requests_total{route=\"/v1/models/NAME:predict\",status=\"200\"} 3.0")
        .contains(
            "quern_batch_samples_count{model=\"small\"}", "quern_model_bytes{model=\"small\"}");
  }

  @Test
  void sharesOfTrainingStandBesidePredictions() {
    deployTrainedOn("1,0, 3");
    assertThat(new String(client.get("/metrics").body(), StandardCharsets.UTF_8))
        .contains(
            "quern_training_share{label=\"cat\",model=\"trained\"} 0.25",
            "quern_training_share{label=\"dog\",model=\"trained\"} 0.0",
            "quern_training_share{label=\"owl\",model=\"trained\"} 0.75");
    for (String counts : List.of("", "1,2", "1,2,3,4", "0,0,0", "1,-2,3", "1,2,many")) {
      deployTrainedOn(counts);
      HttpResponse<byte[]> metrics = client.get("/metrics");
      assertThat(metrics.statusCode()).as(counts).isEqualTo(200);
      assertThat(new String(metrics.body(), StandardCharsets.UTF_8))
          .as(counts)
          .doesNotContain("quern_training_share{");
    }
  }

  private void deployTrainedOn(String counts) {
    ModelData plain = ServedModels.data(1);
    server.deploy(
        "trained",
        Model.of(
            new ModelData(
                plain.network(),
                plain.weights(),
                plain.preprocessing(),
                Map.of(ModelData.CLASS_COUNTS, counts))));
  }
}
