package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is refused, and what is said. */
@Timeout(120)
class RefusalsTest extends SmallServer {
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
        "{\"inputs\":[]} x",
        "{\"id\":5,\"inputs\":[]}",
        "{\"parameters\":7,\"inputs\":[]}",
        "{\"outputs\":[{}],\"inputs\":[]}",
        "{\"outputs\":[{\"name\":\"scores\",\"parameters\":{\"binary_data\":1}}],\"inputs\":[]}",
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1e39]}]}",
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1],"
            + "\"parameters\":{\"binary_data_size\":\"4\"}}]}",
        "\u0000\u0000\u0000{"
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
  void whatIsNoPictureByItsOwnWords() {
    for (String type : new String[] {"application/json", "text/plain", "video/mp4"}) {
      HttpResponse<byte[]> response =
          client.send("POST", PREDICT, ServedModels.png(1), "Content-Type", type);
      assertThat(response.statusCode()).isEqualTo(415);
    }
    for (String type : new String[] {"image/png", "Image/X-Any; q=1", "application/octet-stream"}) {
      HttpResponse<byte[]> response =
          client.send("POST", PREDICT, ServedModels.png(1), "Content-Type", type);
      assertThat(response.statusCode()).isEqualTo(200);
    }
  }

  @Test
  void whoAsksByAnotherName() {
    for (String host : new String[] {"localhost", "127.0.0.1:80", "[::1]:80", "[::1]"}) {
      assertThat(status("GET", "/v2", "Host: " + host)).isEqualTo(200);
    }
    for (String host : new String[] {"evil.example", "evil.example:80", "localhost.evil.example"}) {
      assertThat(status("GET", "/v2", "Host: " + host)).isEqualTo(403);
      assertThat(status("GET", "/v2/health/live", "Host: " + host)).isEqualTo(403);
    }
    assertThat(status("GET", "/v2", "Host: localhost\r\nOrigin: a\r\nOrigin: http://localhost"))
        .isEqualTo(400);
  }

  private int status(String method, String path, String headers) {
    String request = method + " " + path + " HTTP/1.1\r\n" + headers + "\r\n\r\n";
    return RawClient.send(server, RawClient.bytes(request)).status();
  }

  @Test
  void whatMayBeAskedInstead() {
    HttpResponse<byte[]> response = client.get(INFER);
    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("POST");
  }

  /** Who waits for an answer before it sends its body gets one. */
  @Test
  void noBodyIsWaitedFor() throws IOException {
    for (String path : new String[] {"/nothing", INFER, "/v1/models/none:predict"}) {
      long begin = System.nanoTime();
      try (Socket socket = RawClient.connect(server)) {
        String length = "Content-Length: 200000";
        socket.getOutputStream().write(Hostile.head("POST", path, length));
        assertThat(RawClient.read(socket).status()).isIn(404, 413);
      }
      assertThat(System.nanoTime() - begin).isLessThan(2_000_000_000L);
    }
  }

  /** What comes is read, so that the client reads the answer and does not fail to send. */
  @Test
  void aLargeBodyIsAnsweredAndNotCut() {
    for (int i = 0; i < 50; i++) {
      assertThat(client.send("POST", PREDICT, new byte[500_000]).statusCode()).isEqualTo(413);
      assertThat(client.send("POST", "/nothing", new byte[90_000]).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void noRoom() throws IOException {
    try (ModelServer small =
        ModelServer.builder()
            .batching(b -> b.window(Duration.ofSeconds(2)).maxBatch(3).maxQueue(2))
            .build()) {
      small.deploy("small", ServedModels.model(1));
      byte[] body =
          RawClient.bytes(request("\"data\":" + Arrays.toString(ServedModels.values(1, 2))));
      byte[] head = Hostile.head("POST", INFER, "Content-Length: " + body.length);
      try (Socket first = RawClient.connect(small)) {
        first.getOutputStream().write(Client.joined(head, body));
        String waits = "quern_waiting_samples{model=\"small\"} 2.0";
        while (!metrics(small).contains(waits)) {
          LockSupport.parkNanos(1_000_000);
        }
        RawClient.Reply refused = RawClient.send(small, Client.joined(head, body));
        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.head()).containsIgnoringCase("Retry-After: 1");
        assertThat(new String(refused.body(), StandardCharsets.UTF_8))
            .contains("2 of at most 2 samples are waiting");
        assertThat(RawClient.read(first).status()).isEqualTo(200);
      }
      assertThat(metrics(small)).contains("quern_refused_total{model=\"small\"} 1.0");
    }
  }

  @Test
  void whoWaitsTooLong() {
    try (ModelServer hasty =
        ModelServer.builder()
            .batching(b -> b.window(Duration.ZERO).queueTimeout(Duration.ZERO))
            .build()) {
      hasty.deploy("small", ServedModels.model(1));
      HttpResponse<byte[]> late = new Client(hasty).send("POST", PREDICT, ServedModels.png(1));
      assertThat(late.statusCode()).isEqualTo(503);
      assertThat(late.headers().firstValue("Retry-After")).contains("1");
      assertThat(new String(late.body(), StandardCharsets.UTF_8))
          .contains("timed out while waiting");
      assertThat(metrics(hasty)).contains("quern_late_total{model=\"small\"} 1.0");
    }
  }

  private static String metrics(ModelServer server) {
    return new String(new Client(server).get("/metrics").body(), StandardCharsets.UTF_8);
  }

  /** One sends most of a body and waits: another finds too little room until it has gone. */
  @Test
  void noMemory() throws IOException {
    try (ModelServer small =
        ModelServer.builder().maxBodyBytes(900_000).maxRequestMemory(1 << 20).build()) {
      small.deploy("small", ServedModels.model(1));
      Client other = new Client(small);
      try (Socket first = RawClient.connect(small)) {
        first.getOutputStream().write(Hostile.head("POST", PREDICT, "Content-Length: 900000"));
        first.getOutputStream().write(new byte[800_000]);
        while (!metrics(small).contains("quern_held_bytes 900000.0")) {
          LockSupport.parkNanos(1_000_000);
        }
        HttpResponse<byte[]> refused = other.send("POST", PREDICT, new byte[500_000]);
        assertThat(refused.statusCode()).isEqualTo(503);
        assertThat(refused.headers().firstValue("Retry-After")).contains("1");
        assertThat(other.send("POST", PREDICT, ServedModels.png(1)).statusCode()).isEqualTo(200);
      }
      while (!metrics(small).contains("quern_held_bytes 0.0")) {
        LockSupport.parkNanos(1_000_000);
      }
      assertThat(other.send("POST", PREDICT, new byte[500_000]).statusCode()).isEqualTo(400);
    }
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
}
