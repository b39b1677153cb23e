package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.internal.Memory;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.serve.ModelServer;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server's versions and names of one backbone need the memory of one, and give it back. */
@Timeout(120)
class SharedVersionsTest {
  private static final int VERSIONS = 12;
  private static final int CLIENTS = 3;
  private static final String[] NAMES = {"first", "second"};

  /** Weights are far more than what plans for one sample take. */
  private static final Network NETWORK =
      Network.builder("shared", Shape.of(8, 4, 4))
          .add("conv", new Conv2d(96, 3).padding(1))
          .add("relu", new Relu())
          .add("flat", new Flatten())
          .add("features", new Linear(300))
          .add("relu2", new Relu())
          .add("head", new Linear(3))
          .build();

  private static final float[] VALUES = new float[128];

  static {
    for (int i = 0; i < VALUES.length; i++) {
      VALUES[i] = i * 29 % 64 / 32f - 1; // whole in JSON
    }
  }

  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger answered = new AtomicInteger();
  private final List<float[]> expected = new ArrayList<>();
  private volatile boolean done;

  /** Heads of their own on one backbone. */
  private static ModelData version(int head) {
    Map<String, float[]> all = new LinkedHashMap<>(ModelData.untrained(NETWORK, head).weights());
    ModelData body = ModelData.untrained(NETWORK, 1);
    all.replaceAll((name, w) -> name.startsWith("head") ? w : body.weights().get(name));
    return new ModelData(NETWORK, all, body.preprocessing(), Map.of());
  }

  private static float[] alone(ModelData data) {
    try (Model model = Model.of(data);
        Arena arena = new Arena()) {
      return model.predict(arena.tensor(NETWORK.input().batch(1), VALUES)).toArray();
    }
  }

  @Test
  void replacedUnderLoad() throws InterruptedException {
    List<ModelData> versions = new ArrayList<>();
    for (int head = 1; head <= 3; head++) {
      versions.add(version(head));
      expected.add(alone(versions.get(head - 1)));
    }
    long before = Memory.live();
    long one;
    try (Model model = Model.of(versions.get(0))) {
      one = model.bytes();
    }
    try (ModelServer server = ModelServer.builder().batching(b -> b.maxBatch(1)).build()) {
      for (String name : NAMES) {
        server.deploy(name, Model.of(versions.get(0)));
      }
      assertThat(Memory.live() - before).isBetween(one * 9 / 10, one * 11 / 10);
      List<Thread> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        String name = NAMES[i % NAMES.length];
        clients.add(new Thread(() -> ask(server, name)));
      }
      clients.forEach(Thread::start);
      for (int version = 2; version <= VERSIONS; version++) {
        int asked = answered.get() + CLIENTS;
        while (answered.get() < asked && wrong.isEmpty()) {
          TimeUnit.MILLISECONDS.sleep(1);
        }
        for (String name : NAMES) {
          server.deploy(name, Model.of(versions.get(version % versions.size())));
        }
        assertThat(Memory.live() - before).isLessThan(one * 12 / 10); // plans, too
      }
      done = true;
      for (Thread client : clients) {
        client.join();
      }
      assertThat(wrong).isEmpty();
      server.deploy(NAMES[1], Model.of(versions.get(1))); // of another head than the first name's
      assertThat(Memory.live() - before).isBetween(one * 9 / 10, one * 12 / 10);
      server.remove(NAMES[0]);
      assertThat(Memory.live() - before).isBetween(one * 9 / 10, one * 12 / 10);
    }
    assertThat(Memory.live()).isEqualTo(before);
  }

  private void ask(ModelServer server, String name) {
    HttpClient http = HttpClient.newHttpClient();
    String body =
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,8,4,4],\"data\":"
            + Arrays.toString(VALUES)
            + "}]}";
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.address() + "/v2/models/" + name + "/infer"))
            .POST(BodyPublishers.ofString(body))
            .build();
    while (!done && wrong.isEmpty()) {
      try {
        HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
        if (answer.statusCode() != 200 || expected.stream().noneMatch(e -> says(answer, e))) {
          wrong.add(answer.statusCode() + " " + answer.body());
        }
        answered.incrementAndGet();
      } catch (IOException | InterruptedException e) {
        wrong.add(e.toString());
      }
    }
  }

  private static boolean says(HttpResponse<String> answer, float[] scores) {
    String data = answer.body().replaceAll("(?s).*\"data\":\\[([^\\]]*)\\].*", "$1");
    String[] said = data.split(",");
    float[] values = new float[said.length];
    for (int i = 0; i < said.length; i++) {
      values[i] = Float.parseFloat(said[i].trim());
    }
    return Arrays.equals(values, scores);
  }
}
