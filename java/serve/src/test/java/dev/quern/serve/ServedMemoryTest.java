package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.PlanLimitException;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a request may cost is known before, and given back after. */
@Timeout(180)
class ServedMemoryTest {
  private static final long MIB = 1 << 20;

  private static Network free() {
    return Network.builder("free", Shape.of(3, Shape.FREE, Shape.FREE))
        .add(new Conv2d(32, 3).padding(1))
        .add(new Relu())
        .add(new Conv2d(32, 3).padding(1))
        .add(new AdaptiveAvgPool2d(1))
        .add(new Flatten())
        .add("scores", new Linear(3))
        .task(Task.singleLabel("cat", "dog", "owl"))
        .build();
  }

  /** Of one color, so that few bytes are many pixels. */
  private static byte[] png(int side) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB), "png", out);
    return out.toByteArray();
  }

  private static String text(HttpResponse<byte[]> response) {
    return new String(response.body(), StandardCharsets.UTF_8);
  }

  private static void awaitNothingHeld(Client client) {
    long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!text(client.get("/metrics")).contains("quern_held_bytes 0.0")) {
      assertThat(System.nanoTime()).isLessThan(until);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void picturesOfFreeSizeStayWithinTheLimit() throws Exception {
    byte[] bomb = png(1500);
    byte[] small = png(40);
    try (ModelServer server = ModelServer.builder().maxPlanBytes(20 * MIB).build()) {
      Model model = Model.of(ModelData.untrained(free(), 1));
      server.deploy("m", model);
      assertThat(model.planLimit()).isEqualTo(20 * MIB);
      Client client = new Client(server);
      long before = model.bytes();
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int t = 0; t < 4; t++) {
        all.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < 5; i++) {
                    HttpResponse<byte[]> refused =
                        client.send("POST", "/v1/models/m:predict", bomb);
                    assertThat(refused.statusCode()).isEqualTo(413);
                    assertThat(text(refused)).contains("3x1500x1500", "limit is 20971520");
                    assertThat(refused.headers().firstValue("Retry-After")).isEmpty();
                    assertThat(client.send("POST", "/v1/models/m:predict", small).statusCode())
                        .isEqualTo(200);
                    assertThat(model.bytes()).isLessThan(before + 24 * MIB);
                  }
                },
                work -> new Thread(work).start()));
      }
      for (CompletableFuture<Void> f : all) {
        f.get(120, TimeUnit.SECONDS);
      }
      awaitNothingHeld(client);
    }
  }

  @Test
  void aModelOfFixedSizesThatNeedsMoreIsNotDeployed() {
    try (ModelServer server = ModelServer.builder().maxPlanBytes(20 * MIB).build();
        Model model = Model.of(ModelData.untrained(free().at(Shape.of(3, 1000, 1000)), 1))) {
      assertThatThrownBy(() -> server.deploy("m", model)).isInstanceOf(PlanLimitException.class);
      assertThat(model.isClosed()).isFalse();
    }
  }

  /** Each sample of one value becomes many. */
  private static Network wide(int values) {
    return Network.builder("wide", Shape.of(1)).add("out", new Linear(values)).build();
  }

  private static byte[] request(int samples, boolean binary) {
    String json =
        "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":["
            + samples
            + ",1],\"parameters\":{\"binary_data_size\":"
            + 4 * samples
            + "}}],\"parameters\":{\"binary_data_output\":"
            + binary
            + "}}";
    byte[] head =
        Hostile.head(
            "POST",
            "/v2/models/m/infer",
            "Inference-Header-Content-Length: "
                + json.length()
                + "\r\nContent-Length: "
                + (json.length() + 4 * samples));
    return Client.joined(
        Client.joined(head, RawClient.bytes(json)), Client.bytes(new float[samples]));
  }

  /** What would be more than all may hold is refused before anything is computed. */
  @Test
  void outputsAreCountedBeforeTheyAreMade() {
    try (ModelServer server = ModelServer.builder().maxRequestMemory(2 * MIB).build()) {
      server.deploy("m", Model.of(ModelData.untrained(wide(1000), 1)));
      for (boolean binary : new boolean[] {true, false}) {
        RawClient.Reply refused = RawClient.send(server, request(100_000, binary));
        assertThat(refused.status()).isEqualTo(413);
        assertThat(new String(refused.body(), StandardCharsets.UTF_8))
            .contains("400000000 bytes", "2097152");
        assertThat(RawClient.send(server, request(10, binary)).status()).isEqualTo(200);
      }
      Client client = new Client(server);
      assertThat(text(client.get("/metrics"))).contains("quern_batch_samples_count{model=\"m\"} 2");
      awaitNothingHeld(client);
    }
  }

  /** Until a client has taken its answer, which lies outside the heap, others find it counted. */
  @Test
  void answersAreHeldUntilTheyAreWritten() throws IOException {
    try (ModelServer server = ModelServer.builder().maxRequestMemory(150 * MIB).build()) {
      server.deploy("m", Model.of(ModelData.untrained(wide(10_000), 1)));
      Client client = new Client(server);
      long bytes = 4L * 10_000 * 1000;
      try (Socket slow = RawClient.connect(server)) {
        slow.getOutputStream().write(request(1000, true));
        assertThat(slow.getInputStream().read()).isEqualTo('H');
        assertThat(held(client)).isGreaterThanOrEqualTo(3 * bytes);
        RawClient.Reply refused = RawClient.send(server, request(1000, true));
        assertThat(refused.status()).isEqualTo(503);
        RawClient.read(slow);
      }
      awaitNothingHeld(client);
      RawClient.Reply whole = RawClient.send(server, request(1000, true));
      assertThat(whole.status()).isEqualTo(200);
      assertThat((long) whole.body().length).isGreaterThan(bytes);
    }
  }

  private static double held(Client client) {
    return text(client.get("/metrics"))
        .lines()
        .filter(l -> l.startsWith("quern_held_bytes "))
        .mapToDouble(l -> Double.parseDouble(l.substring(l.indexOf(' '))))
        .sum();
  }
}
