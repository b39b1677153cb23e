package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A thousand requests that are wrong, many at once, among clients that send half and wait: each is
 * answered with what is wrong or its connection is closed, and the server answers right ones as
 * before. {@code -Dquern.abuse=100000} has more of them, {@code -Dquern.abuse.seed=N} others.
 */
class AbuseTest {
  private static final int REQUESTS =
      Integer.getInteger("quern.abuse", Boolean.getBoolean("quern.full") ? 4000 : 1000);
  private static final long SEED = Long.getLong("quern.abuse.seed", 29);
  private static final int CLIENTS = 12;
  private static final int MOST_THREADS = 16;
  private static final int MOST_SHOWN = 5;
  private static final long MOST_HEAP = 64L << 20;

  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

  @Test
  void whatever() throws IOException, InterruptedException {
    try (ModelServer server =
        ModelServer.builder()
            .maxBodyBytes(100_000)
            .maxPixels(1_000_000)
            .clientTimeout(Duration.ofMillis(300)) // half of a request waits for it
            .build()) {
      server.deploy("small", ServedModels.model(1));
      requireRight(server);
      int threads = Thread.activeCount();
      long heap = heap();
      List<Socket> slow = slow(server);
      Thread[] clients = new Thread[CLIENTS];
      for (int i = 0; i < CLIENTS; i++) {
        long seed = SEED + i;
        clients[i] = new Thread(() -> ask(server, seed));
        clients[i].start();
      }
      for (Thread t : clients) {
        t.join();
      }
      for (Socket s : slow) {
        s.close();
      }
      assertThat(wrong).isEmpty();
      assertThat(answered.get()).as("answers, not only ends").isGreaterThan(REQUESTS / 4);
      assertThat(Thread.activeCount() - threads).isLessThanOrEqualTo(MOST_THREADS);
      requireRight(server);
      assertThat(heap() - heap).isLessThan(MOST_HEAP);
      String metrics =
          new String(new Client(server).get("/metrics").body(), StandardCharsets.UTF_8);
      assertThat(metrics).contains("status=\"400\"").doesNotContain("status=\"500\"");
    }
  }

  /** Half of a request, behind which nothing comes. */
  private static List<Socket> slow(ModelServer server) throws IOException {
    List<Socket> all = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      Socket socket = RawClient.connect(server);
      byte[] right = new Hostile(i).right();
      socket.getOutputStream().write(right, 0, i % right.length + i * 10);
      all.add(socket);
    }
    return all;
  }

  private void ask(ModelServer server, long seed) {
    Hostile hostile = new Hostile(seed);
    for (int i = 0; i < REQUESTS / CLIENTS; i++) {
      byte[] request = hostile.next();
      try {
        check(RawClient.send(server, request), seed + "/" + i);
      } catch (RuntimeException e) {
        wrong.add(seed + "/" + i + ": " + e);
        return;
      }
    }
  }

  private void check(RawClient.Reply reply, String which) {
    if (reply.closed()) {
      closed.incrementAndGet();
      return;
    }
    answered.incrementAndGet();
    String body = new String(reply.body(), StandardCharsets.UTF_8);
    boolean typed = body.startsWith("{\"error\":\"") && body.endsWith("\"}");
    boolean right =
        reply.status() == 200
            || reply.status() >= 400 && reply.status() < 500 && typed
            || (reply.status() == 501 || reply.status() == 503 || reply.status() == 505) && typed;
    boolean tells = body.contains("Exception") || body.contains("/home");
    if ((!right || tells) && wrong.size() < MOST_SHOWN) {
      wrong.add(which + ": " + reply.head() + body);
    }
  }

  private static void requireRight(ModelServer server) {
    try (var reference = ServedModels.model(1)) {
      float[] values = ServedModels.values(5, 1);
      String body =
          "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,3,8,8],\"data\":"
              + Arrays.toString(values)
              + "}]}";
      HttpResponse<byte[]> response = new Client(server).post("/v2/models/small/infer", body);
      for (int i = 0; i < 9 && response.statusCode() == 408; i++) { // on a busy machine
        response = new Client(server).post("/v2/models/small/infer", body);
      }
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(Client.scores(response)).isEqualTo(ServedModels.alone(reference, values));
    }
  }

  static long heap() {
    System.gc();
    Runtime jvm = Runtime.getRuntime();
    return jvm.totalMemory() - jvm.freeMemory();
  }
}
