package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that send slowly, or nothing more: pom.xml gives them 3 seconds. */
@Timeout(60)
class SlowClientTest {
  private static final String LIMIT = "sun.net.httpserver.maxReqTime";
  private static final int CLIENTS = 8;

  @Test
  void theyAreCutAndOthersAreAnswered() throws IOException {
    assertThat(System.getProperty(LIMIT)).isEqualTo("3");
    byte[] head = Hostile.head("POST", "/v1/models/small:predict", "Content-Length: 1000");
    try (ModelServer server = ModelServer.builder().build()) {
      server.deploy("small", ServedModels.model(1));
      List<Socket> slow = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Socket socket = RawClient.connect(server);
        slow.add(socket);
        socket.getOutputStream().write(head, 0, i % 2 == 0 ? head.length : 20);
      }
      long begin = System.nanoTime();
      assertThat(new Client(server).get("/v2").statusCode()).isEqualTo(200);
      for (Socket socket : slow) {
        RawClient.Reply reply = RawClient.read(socket);
        assertThat(reply.closed() || reply.status() == 400).isTrue();
        socket.close();
      }
      assertThat(System.nanoTime() - begin).isGreaterThan(1_000_000_000L);
      Client client = new Client(server);
      assertThat(client.get("/v2").statusCode()).isEqualTo(200);
      assertThat(new String(client.get("/metrics").body(), StandardCharsets.UTF_8))
          .contains("quern_held_bytes 0.0");
    }
  }

  @Test
  void whatAnApplicationSetStays() {
    Properties before = (Properties) System.getProperties().clone();
    try {
      System.clearProperty("sun.net.httpserver.maxRspTime");
      ServerTimes.limit();
      assertThat(System.getProperty(LIMIT)).isEqualTo("3");
      assertThat(System.getProperty("sun.net.httpserver.maxRspTime")).isEqualTo("60");
    } finally {
      System.setProperties(before);
    }
  }
}
