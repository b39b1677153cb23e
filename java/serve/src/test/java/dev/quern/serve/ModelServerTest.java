package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.error.InvalidArgumentException;
import dev.quern.predict.Answer;
import dev.quern.predict.Model;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The protocol, pictures, and models that come and go. */
@Timeout(120)
class ModelServerTest {
  private static final String INFER = "/v2/models/small/infer";
  private static final String PREDICT = "/v1/models/small:predict";

  private final Model reference = ServedModels.model(1);
  private ModelServer server;
  private Client client;

  @BeforeEach
  void serve() {
    server = ModelServer.builder().maxBodyBytes(100_000).maxPixels(10_000).build();
    server.deploy("small", ServedModels.model(1));
    client = new Client(server);
  }

  @AfterEach
  void end() {
    server.close();
    reference.close();
  }

  private static String request(String data) {
    return "{\"id\":\"7\",\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[2,3,8,8],"
        + data
        + "}]}";
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
    String head =
        request("\"parameters\":{\"binary_data_size\":1536}")
            .replace("}]}", "}],\"parameters\":{\"binary_data_output\":true}}");
    byte[] json = head.getBytes(StandardCharsets.UTF_8);
    HttpResponse<byte[]> response =
        client.send(
            "POST",
            "/v2/models/small/versions/1/infer",
            Client.joined(json, Client.bytes(values)),
            "Inference-Header-Content-Length",
            Integer.toString(json.length));
    assertThat(response.statusCode()).isEqualTo(200);
    int at =
        Integer.parseInt(response.headers().firstValue("Inference-Header-Content-Length").get());
    JsonNode scores = Client.json(Arrays.copyOf(response.body(), at)).get("outputs").get(0);
    assertThat(scores.get("parameters").get("binary_data_size").asInt()).isEqualTo(24);
    assertThat(scores.has("data")).isFalse();
    assertThat(Client.floats(response.body(), at)).isEqualTo(ServedModels.alone(reference, values));
  }

  @Test
  void pictures() {
    byte[] png = ServedModels.png(5);
    Answer.Labels expected = (Answer.Labels) reference.answer(ServedModels.image(5)).get("scores");
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

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[]",
        "{",
        "{\"inputs\":{}}",
        "{\"inputs\":[1]}",
        "{\"inputs\":[{}]}",
        "{\"inputs\":[]}",
        "{\"inputs\":[{\"name\":1}]}",
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"INT8\",\"shape\":[1],\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[-1],\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1.5],\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[99999,99999],\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,3,8,8],\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[\"x\"]}]}",
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[[[[[[[[[[1",
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"other\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1]}]}",
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[0,3,8,8],\"data\":[]}]}",
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1],"
            + "\"parameters\":{\"binary_data_size\":4}}]}",
        "{\"inputs\":[]} x"
      })
  void badRequests(String body) {
    HttpResponse<byte[]> response = client.post(INFER, body);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Client.json(response).get("error").asText())
        .isNotBlank()
        .doesNotContain("Exception");
  }

  @Test
  void whatIsRefused() {
    assertThat(client.post("/v2/models/none/infer", "{}").statusCode()).isEqualTo(404);
    assertThat(client.get("/nothing").statusCode()).isEqualTo(404);
    assertThat(client.get("/../etc/passwd").statusCode()).isEqualTo(404);
    assertThat(client.get(INFER).statusCode()).isEqualTo(405);
    assertThat(client.send("DELETE", "/v2", null).statusCode()).isEqualTo(405);
    assertThat(client.send("POST", PREDICT, new byte[100_001]).statusCode()).isEqualTo(413);
    assertThat(client.send("POST", PREDICT, new byte[100]).statusCode()).isEqualTo(400);
    assertThat(client.send("POST", PREDICT, new byte[0]).statusCode()).isEqualTo(400);
    assertThat(client.post(PREDICT, "x", "Content-Type", "multipart/form-data").statusCode())
        .isEqualTo(400);
    byte[] bomb = ServedModels.png(1);
    bomb[16] = 0x7f; // its width
    HttpResponse<byte[]> large = client.send("POST", PREDICT, bomb);
    assertThat(large.statusCode()).isEqualTo(400);
    assertThat(client.get("/v2", "Origin", "http://evil.example").statusCode()).isEqualTo(403);
    assertThat(client.get("/v2", "Origin", server.address()).statusCode()).isEqualTo(200);
    String infer = request("\"data\":" + Arrays.toString(ServedModels.values(1, 2)));
    HttpResponse<byte[]> response =
        client.post(INFER, infer.replace("}]}", "}],\"outputs\":[{\"name\":\"no\"}]}"));
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(Client.json(response).get("error").asText()).contains("\"no\"", "[scores]");
  }

  @Test
  void theToken() {
    try (ModelServer secret = ModelServer.builder().token("0123456789abcdef").build()) {
      Client other = new Client(secret);
      assertThat(other.get("/v2/health/live").statusCode()).isEqualTo(200);
      assertThat(other.get("/v2").statusCode()).isEqualTo(401);
      assertThat(other.get("/metrics", "Authorization", "Bearer wrong").statusCode())
          .isEqualTo(401);
      assertThat(other.get("/v2", "Authorization", "Bearer 0123456789abcdef").statusCode())
          .isEqualTo(200);
    }
    assertThatThrownBy(() -> ModelServer.builder().token("short"))
        .isInstanceOf(InvalidArgumentException.class);
  }

  /** Twenty versions while four clients ask: each answer is of one of them, and none is lost. */
  @Test
  void replacedUnderLoad() throws InterruptedException {
    float[] values = ServedModels.values(9, 2);
    String body = request("\"data\":" + Arrays.toString(values));
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger wrong = new AtomicInteger();
    float[][] expected = new float[22][];
    for (int i = 1; i <= 21; i++) {
      try (Model m = ServedModels.model(i)) {
        expected[i] = ServedModels.alone(m, values);
      }
    }
    Thread[] clients = new Thread[4];
    for (int i = 0; i < clients.length; i++) {
      clients[i] =
          new Thread(
              () -> {
                while (!done.get()) {
                  HttpResponse<byte[]> response = client.post(INFER, body);
                  asked.incrementAndGet();
                  if (response.statusCode() != 200 || !isOf(Client.json(response), expected)) {
                    wrong.incrementAndGet();
                  }
                }
              });
      clients[i].start();
    }
    for (int i = 2; i <= 21; i++) {
      assertThat(server.deploy("small", ServedModels.model(i))).isEqualTo(i);
      Thread.sleep(20);
    }
    done.set(true);
    for (Thread t : clients) {
      t.join();
    }
    assertThat(asked.get()).isGreaterThan(20);
    assertThat(wrong.get()).isZero();
  }

  private static boolean isOf(JsonNode answer, float[]... expected) {
    float[] own = expected[answer.get("model_version").asInt()];
    JsonNode data = answer.get("outputs").get(0).get("data");
    for (int i = 0; i < own.length; i++) {
      if ((float) data.get(i).asDouble() != own[i]) {
        return false;
      }
    }
    return true;
  }

  @Test
  void arguments() {
    try (Model model = ServedModels.model(1)) {
      for (String name : new String[] {"", "a/b", "a:b", "x".repeat(129)}) {
        assertThatThrownBy(() -> server.deploy(name, model))
            .isInstanceOf(InvalidArgumentException.class);
      }
    }
    assertThatThrownBy(() -> server.deploy("a", null)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> server.remove(null)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> ModelServer.builder().port(70_000))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> ModelServer.builder().port(server.port()).build())
        .isInstanceOf(dev.quern.error.FileAccessException.class)
        .hasMessageContaining(Integer.toString(server.port()));
    assertThatThrownBy(() -> ModelServer.builder().maxBodyBytes(0))
        .isInstanceOf(InvalidArgumentException.class);
  }
}
