package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.quern.predict.Model;
import dev.quern.predict.Prediction;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Clients ask all the time while the model is replaced a hundred times: each answer has the bits of
 * one of the models, none is lost, and memory stays. {@code -Dquern.soak=3600} takes that many
 * seconds, with {@code -Dquern.soak.pause=100} each client rests for so many milliseconds between
 * requests.
 */
class SoakTest {
  private static final long SECONDS =
      Long.getLong("quern.soak", Boolean.getBoolean("quern.full") ? 5 : 1);
  private static final long PAUSE = Long.getLong("quern.soak.pause", 0);
  private static final int REPLACEMENTS = 100;
  private static final int CLIENTS = 6;
  private static final int MOST_SHOWN = 5;
  private static final long MOST_GROWTH = 32L << 20;

  /** What the models of odd and of even versions say. */
  private final float[][] expected = new float[2][];

  private final double[] best = new double[2];
  private final float[] values = ServedModels.values(9, 2);
  private final byte[] png = ServedModels.png(9);
  private final String body =
      "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[2,3,8,8],\"data\":"
          + Arrays.toString(values)
          + "}]}";
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicLong asked = new AtomicLong();
  private volatile boolean done;

  @Test
  void replacedUnderLoad() throws InterruptedException {
    for (int i = 0; i < 2; i++) {
      try (Model m = ServedModels.model(i)) {
        expected[i] = ServedModels.alone(m, values);
        Prediction.Labels labels =
            (Prediction.Labels) m.predict(ServedModels.image(9)).get("scores");
        best[i] = labels.best().probability();
      }
    }
    try (ModelServer server = ModelServer.builder().build()) {
      server.deploy("small", ServedModels.model(1));
      Thread[] clients = new Thread[CLIENTS];
      for (int i = 0; i < CLIENTS; i++) {
        boolean pictures = i == 0;
        clients[i] = new Thread(() -> ask(new Client(server), pictures));
        clients[i].start();
      }
      long heap = 0;
      long step = TimeUnit.SECONDS.toMillis(SECONDS) / REPLACEMENTS;
      for (int version = 2; version <= REPLACEMENTS + 1; version++) {
        Thread.sleep(step);
        assertThat(server.deploy("small", ServedModels.model(version % 2))).isEqualTo(version);
        if (version == REPLACEMENTS / 5) {
          heap = heap(); // when all is warm
        }
      }
      done = true;
      for (Thread t : clients) {
        t.join();
      }
      assertThat(wrong).isEmpty();
      assertThat(asked.get()).isGreaterThan(REPLACEMENTS);
      assertThat(heap() - heap).isLessThan(MOST_GROWTH);
    }
  }

  private void ask(Client client, boolean pictures) {
    while (!done && wrong.size() < MOST_SHOWN) {
      asked.incrementAndGet();
      try {
        Thread.sleep(PAUSE);
        if (pictures) {
          checkPicture(client.send("POST", "/v1/models/small:predict", png));
        } else {
          check(client.post("/v2/models/small/infer", body));
        }
      } catch (RuntimeException | InterruptedException e) {
        wrong.add(e.toString());
      }
    }
  }

  private void check(HttpResponse<byte[]> response) {
    JsonNode answer = Client.json(response);
    if (response.statusCode() != 200) {
      wrong.add(response.statusCode() + " " + answer);
      return;
    }
    float[] own = expected[answer.get("model_version").asInt() % 2];
    if (!Arrays.equals(Client.scores(response), own)) {
      wrong.add(answer.toString());
    }
  }

  private void checkPicture(HttpResponse<byte[]> response) {
    JsonNode answer = Client.json(response);
    if (response.statusCode() != 200) {
      wrong.add(response.statusCode() + " " + answer);
      return;
    }
    double said = answer.at("/outputs/scores/predictions/0/probability").asDouble();
    if (said != best[0] && said != best[1]) {
      wrong.add(answer.toString());
    }
  }

  private static long heap() {
    System.gc();
    Runtime jvm = Runtime.getRuntime();
    return jvm.totalMemory() - jvm.freeMemory();
  }
}
