package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that send slowly, or nothing more, or do not read. */
@Timeout(60)
class SlowClientTest {
  private static final int CLIENTS = 1000;
  private static final byte[] HALF =
      Hostile.head("POST", "/v1/models/small:predict", "Content-Length: 1000");

  private static ModelServer server(Duration timeout) {
    ModelServer server = ModelServer.builder().clientTimeout(timeout).build();
    server.deploy("small", ServedModels.model(1));
    return server;
  }

  /** Many of them hold no threads. */
  @Test
  void theyAreCutAndOthersAreAnswered() throws IOException {
    try (ModelServer server = server(Duration.ofSeconds(2))) {
      int threads = Thread.activeCount();
      List<Socket> slow = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        Socket socket = RawClient.connect(server);
        slow.add(socket);
        socket.getOutputStream().write(HALF, 0, i % 2 == 0 ? HALF.length : 20);
      }
      Client client = new Client(server);
      assertThat(client.get("/v2").statusCode()).isEqualTo(200);
      assertThat(client.send("POST", SmallServer.PREDICT, ServedModels.png(1)).statusCode())
          .isEqualTo(200);
      assertThat(Thread.activeCount() - threads).isLessThan(32);
      for (int i = 0; i < CLIENTS; i++) {
        RawClient.Reply reply = RawClient.read(slow.get(i));
        assertThat(reply.status()).isEqualTo(i % 2 == 0 ? 408 : 0);
        slow.get(i).close();
      }
      assertThat(client.get("/v2").statusCode()).isEqualTo(200);
      assertThat(new String(client.get("/metrics").body(), StandardCharsets.UTF_8))
          .contains("quern_held_bytes 0.0");
    }
  }

  /** One byte now and then is no progress. */
  @Test
  void whoDripsIsCut() throws IOException, InterruptedException {
    try (ModelServer server = server(Duration.ofMillis(500));
        Socket socket = RawClient.connect(server)) {
      long begin = System.nanoTime();
      socket.getOutputStream().write(HALF);
      while (socket.getInputStream().available() == 0) {
        socket.getOutputStream().write(0);
        Thread.sleep(10);
      }
      assertThat(RawClient.read(socket).status()).isEqualTo(408);
      assertThat(System.nanoTime() - begin).isGreaterThan(400_000_000L);
    }
  }

  @Test
  void whoIdlesIsCut() throws IOException {
    try (ModelServer server = server(Duration.ofMillis(300));
        Socket socket = RawClient.connect(server)) {
      socket.getOutputStream().write(Hostile.head("GET", "/v2", "X: y"));
      assertThat(RawClient.read(socket).status()).isEqualTo(200);
      assertThat(RawClient.read(socket).closed()).isTrue();
    }
  }

  @Test
  void moreThanMayConnect() throws IOException {
    try (ModelServer server = ModelServer.builder().maxConnections(2).build()) {
      byte[] get = Hostile.head("GET", "/v2", "X: y");
      try (Socket one = RawClient.connect(server);
          Socket two = RawClient.connect(server)) {
        for (Socket socket : new Socket[] {one, two}) {
          socket.getOutputStream().write(get);
          assertThat(RawClient.read(socket).status()).isEqualTo(200);
        }
        assertThat(RawClient.send(server, get).closed()).isTrue();
      }
      RawClient.Reply after;
      do {
        after = RawClient.send(server, get);
      } while (after.closed());
      assertThat(after.status()).isEqualTo(200);
    }
  }
}
