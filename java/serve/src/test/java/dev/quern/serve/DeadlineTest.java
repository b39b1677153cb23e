package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Each stage of a request has an end, from its first byte to its answer. */
@Timeout(60)
class DeadlineTest {
  private static ModelServer server(Duration client, Duration request) {
    ModelServer server =
        ModelServer.builder()
            .clientTimeout(client)
            .requestTimeout(request)
            .batching(
                b -> b.window(Duration.ofHours(1)).queueTimeout(Duration.ofHours(2)).maxBatch(9))
            .build();
    server.deploy("small", ServedModels.model(1));
    return server;
  }

  /** In the queue, whatever the model's own queue timeout is. */
  @Test
  void whoWaitsForABatch() {
    try (ModelServer server = server(Duration.ofSeconds(30), Duration.ofMillis(300))) {
      Client client = new Client(server);
      for (int i = 0; i < 3; i++) {
        HttpResponse<byte[]> late = client.send("POST", SmallServer.PREDICT, ServedModels.png(1));
        assertThat(late.statusCode()).isEqualTo(503);
        assertThat(late.headers().firstValue("Retry-After")).contains("1");
      }
      assertThat(client.get("/v2").statusCode()).isEqualTo(200);
      assertThat(new String(client.get("/metrics").body(), StandardCharsets.UTF_8))
          .contains("quern_held_bytes 0.0");
    }
  }

  /** A head that comes a byte at a time is no progress, from its first byte on. */
  @Test
  void whoDripsAHead() throws IOException, InterruptedException {
    try (ModelServer server = server(Duration.ofMillis(500), Duration.ofSeconds(10));
        Socket socket = RawClient.connect(server)) {
      byte[] head = Hostile.head("GET", "/v2", "X: " + "y".repeat(5000));
      int sent = 0;
      try {
        for (; sent < head.length && socket.getInputStream().available() == 0; sent++) {
          socket.getOutputStream().write(head[sent]);
          Thread.sleep(20);
        }
      } catch (IOException e) {
        // cut, as is expected
      }
      assertThat(sent).isLessThan(head.length);
      assertThat(RawClient.read(socket).closed()).isTrue();
    }
  }
}
