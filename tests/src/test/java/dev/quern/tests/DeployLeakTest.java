package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.error.ClosedException;
import dev.quern.internal.Memory;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.serve.ModelServer;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Models that are replaced while they are used leave no byte outside the heap. */
@Timeout(180)
class DeployLeakTest {
  private static final Shape INPUT = Shape.of(1, 4, 4);
  private static final String BODY =
      "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,1,4,4],"
          + "\"data\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}]}";

  private static Model model(long seed) {
    return Model.of(
        ModelData.untrained(
            Network.of("small", INPUT, new Conv2d(8, 3), new Flatten(), new Linear(3)), seed));
  }

  private static void predict(Model model) {
    try (Arena arena = new Arena()) {
      model.predict(arena.tensor(INPUT.batch(2)));
    } catch (ClosedException e) {
      // replaced meanwhile
    }
  }

  private static CompletableFuture<Void> repeat(AtomicBoolean done, Runnable work) {
    return CompletableFuture.runAsync(
        () -> {
          while (!done.get()) {
            work.run();
          }
        },
        task -> new Thread(task).start());
  }

  private static int infer(HttpClient client, String address) {
    try {
      return client
          .send(
              HttpRequest.newBuilder(URI.create(address + "/v2/models/m/infer"))
                  .POST(BodyPublishers.ofString(BODY))
                  .build(),
              BodyHandlers.ofString())
          .statusCode();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void nothingIsLeft() {
    try (Model first = model(1)) {
      predict(first); // what is held for good is there
    }
    long before = Memory.live();
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<Model> current = new AtomicReference<>(model(1));
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    HttpClient client = HttpClient.newHttpClient();
    try (ModelServer server = ModelServer.builder().build()) {
      server.deploy("m", current.get());
      for (int i = 0; i < 2; i++) {
        threads.add(repeat(done, () -> predict(current.get())));
        threads.add(repeat(done, () -> assertThat(infer(client, server.address())).isEqualTo(200)));
      }
      for (int i = 2; i <= 100; i++) {
        Model next = model(i);
        assertThat(server.deploy("m", next)).isEqualTo(i);
        current.set(next);
      }
      done.set(true);
      threads.forEach(t -> t.orTimeout(60, TimeUnit.SECONDS).join());
    }
    assertThat(Memory.live()).isEqualTo(before);
  }
}
