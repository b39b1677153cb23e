package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that leave before their answer cost no batch. */
@Timeout(120)
class LeavingClientTest {
  private ModelServer server;

  /** A batch of two waits long for the second. */
  @BeforeEach
  void serve() {
    server =
        ModelServer.builder()
            .batching(
                b ->
                    b.window(Duration.ofMinutes(1))
                        .queueTimeout(Duration.ofMinutes(2))
                        .maxBatch(2)
                        .maxQueue(2))
            .build();
    server.deploy("small", ServedModels.model(1));
  }

  @AfterEach
  void end() {
    server.close();
  }

  @Test
  void nothingIsComputedForThem() throws IOException {
    byte[] png = ServedModels.png(1);
    byte[] head = Hostile.head("POST", SmallServer.PREDICT, "Content-Length: " + png.length);
    try (Socket leaving = RawClient.connect(server)) {
      leaving.getOutputStream().write(Client.joined(head, png));
      waitFor("quern_waiting_samples{model=\"small\"} 1.0");
    }
    waitFor("route=\"/v1/models/NAME:predict\",status=\"499\"} 1.0");
    waitFor("quern_held_bytes 0.0");
    RawClient.Reply[] replies = new RawClient.Reply[2];
    Thread other = new Thread(() -> replies[0] = RawClient.send(server, Client.joined(head, png)));
    other.start();
    replies[1] = RawClient.send(server, Client.joined(head, png));
    join(other);
    for (RawClient.Reply reply : replies) {
      assertThat(reply.status()).isEqualTo(200);
    }
    // the two that stayed, in one batch
    assertThat(metrics())
        .contains("quern_batch_samples_count{model=\"small\"} 1")
        .contains("quern_batch_samples_sum{model=\"small\"} 2.0");
  }

  @Test
  void halfOfABodyIsForgotten() throws IOException {
    try (Socket leaving = RawClient.connect(server)) {
      leaving
          .getOutputStream()
          .write(Hostile.head("POST", SmallServer.PREDICT, "Content-Length: 100000"));
      leaving.getOutputStream().write(new byte[50_000]);
      waitFor("quern_held_bytes 65536.0");
    }
    waitFor("quern_held_bytes 0.0");
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void waitFor(String line) {
    while (!metrics().contains(line)) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private String metrics() {
    return new String(new Client(server).get("/metrics").body(), StandardCharsets.UTF_8);
  }
}
