package dev.quern.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.tensor.Shape;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who owns a model, and when it is closed, whatever its layers and the application do. */
@Timeout(180)
class DeployTest {
  private static final String INFER = "/v2/models/m/infer";
  private static final String BODY =
      "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,4],\"data\":[1,2,3,4]}]}";

  private ModelServer server = ModelServer.builder().build();
  private Client client = new Client(server);
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void end() {
    gate.countDown();
    server.close();
  }

  /** Does in the midst of a pass what a test wants. */
  private record Calling(Runnable call) implements CustomLayer {
    @Override
    public Shape outputShape(Shape input) {
      return input;
    }

    @Override
    public void forward(Forward pass) {
      call.run();
      System.arraycopy(pass.input(), 0, pass.output(), 0, pass.input().length);
    }

    @Override
    public void backward(Backward pass) {
      throw new UnsupportedOperationException();
    }
  }

  private static Model model(Runnable call) {
    return Model.of(
        ModelData.untrained(
            Network.of("calling", Shape.of(4), new Linear(3), new Calling(call)), 1));
  }

  private int infer() {
    return client.post(INFER, BODY).statusCode();
  }

  private CompletableFuture<Integer> inferMeanwhile() {
    return later(this::infer);
  }

  private static <T> CompletableFuture<T> later(java.util.function.Supplier<T> work) {
    return CompletableFuture.supplyAsync(work, task -> new Thread(task).start());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(BooleanSupplier what) {
    long until = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
    while (!what.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(until);
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static <T> T get(CompletableFuture<T> future) {
    return future.orTimeout(60, TimeUnit.SECONDS).join();
  }

  @Test
  void deploysWhileTheApplicationIsInsideTheModel() {
    AtomicReference<Model> current = new AtomicReference<>(model(() -> {}));
    List<Model> all = new ArrayList<>(List.of(current.get()));
    server.deploy("m", current.get());
    float[] expected = ServedModels.alone(current.get(), one());
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int t = 0; t < 2; t++) {
      threads.add(
          later(
              () -> {
                while (!done.get()) {
                  try {
                    assertThat(ServedModels.alone(current.get(), one())).isEqualTo(expected);
                    inside.incrementAndGet();
                  } catch (ClosedException e) {
                    // replaced meanwhile
                  }
                }
                return null;
              }));
      threads.add(
          later(
              () -> {
                while (!done.get()) {
                  assertThat(infer()).isEqualTo(200);
                  answered.incrementAndGet();
                }
                return null;
              }));
    }
    for (int i = 0; i < (Boolean.getBoolean("quern.full") ? 100 : 8); i++) {
      Model next = model(() -> {});
      all.add(next);
      assertThat(server.deploy("m", next)).isEqualTo(i + 2);
      current.set(next);
    }
    await(() -> answered.get() > 20 && inside.get() > 20);
    done.set(true);
    threads.forEach(DeployTest::get);
    server.close();
    assertThat(all).allMatch(Model::isClosed);
  }

  private static TensorValues one() {
    return new TensorValues(Shape.of(1, 4), new float[] {1, 2, 3, 4});
  }

  /** The old model is closed when that call ends, and not before. */
  @Test
  void aCallOfTheApplicationIsNotWaitedFor() {
    CountDownLatch entered = new CountDownLatch(1);
    Model old =
        model(
            () -> {
              entered.countDown();
              await(gate);
            });
    server.deploy("m", old);
    CompletableFuture<float[]> call = later(() -> ServedModels.alone(old, one()));
    await(entered);
    assertThat(server.deploy("m", model(() -> {}))).isEqualTo(2);
    assertThat(call).isNotDone();
    assertThat(infer()).isEqualTo(200);
    assertThat(old.isClosed()).isTrue(); // for calls to come
    gate.countDown();
    assertThat(get(call)).hasSize(3);
  }

  @Test
  void aLayerThatNeverReturnsHoldsNobodyUp() {
    server.close();
    server = ModelServer.builder().batching(b -> b.queueTimeout(Duration.ofSeconds(1))).build();
    client = new Client(server);
    CountDownLatch entered = new CountDownLatch(1);
    Model stuck =
        model(
            () -> {
              entered.countDown();
              await(gate);
            });
    server.deploy("m", stuck);
    CompletableFuture<Integer> first = inferMeanwhile();
    await(entered);
    CompletableFuture<Integer> waiting = inferMeanwhile();
    await(() -> text("/metrics").contains("quern_waiting_samples{model=\"m\"} 1.0"));
    assertThat(get(later(() -> server.deploy("m", model(() -> {}))))).isEqualTo(2);
    assertThat(infer()).isEqualTo(200);
    assertThat(get(waiting)).isEqualTo(503); // after its queue timeout, though no worker looks
    assertThat(first).isNotDone();
    assertThat(stuck.isClosed()).isFalse();
    get(
        later(
            () -> {
              server.close();
              return true;
            }));
    gate.countDown();
    await(stuck::isClosed);
    assertThat(first.handle((status, cut) -> true).join()).isTrue();
  }

  private String text(String path) {
    return new String(client.get(path).body(), java.nio.charset.StandardCharsets.UTF_8);
  }

  /** From the thread that computes, whose end nobody may wait for there. */
  @Test
  void aLayerMayCallTheServer() {
    Model[] made = new Model[3];
    for (int i = 0; i < 3; i++) {
      int which = i;
      AtomicBoolean once = new AtomicBoolean();
      made[i] =
          model(
              () -> {
                if (once.getAndSet(true)) {
                  return;
                }
                switch (which) {
                  case 0 -> server.deploy("m", model(() -> {}));
                  case 1 -> assertThat(server.remove("m")).isTrue();
                  default -> server.close();
                }
              });
    }
    for (int i = 0; i < 2; i++) {
      server.deploy("m", made[i]);
      assertThat(get(inferMeanwhile())).isEqualTo(200);
      await(made[i]::isClosed);
      assertThat(infer()).isEqualTo(i == 0 ? 200 : 404);
    }
    server.deploy("m", made[2]);
    CompletableFuture<Boolean> last = inferMeanwhile().handle((status, cut) -> true);
    assertThat(get(last)).isTrue();
    await(made[2]::isClosed);
  }

  @Test
  void aModelIsOneServersUnderOneName() {
    Model model = model(() -> {});
    server.deploy("m", model);
    try (ModelServer other = ModelServer.builder().build()) {
      for (ModelServer s : List.of(server, other)) {
        for (String name : List.of("m", "n")) {
          assertThatThrownBy(() -> s.deploy(name, model))
              .isInstanceOf(InvalidArgumentException.class)
              .hasMessageContaining("is deployed already");
        }
      }
    }
    assertThat(infer()).isEqualTo(200);
    try (Model closed = model(() -> {})) {
      closed.closeWhenFree();
      assertThatThrownBy(() -> server.deploy("m", closed))
          .isInstanceOf(ClosedException.class)
          .hasMessageContaining("is closed");
    }
    assertThat(infer()).isEqualTo(200);
    assertThat(server.remove("m")).isTrue();
    assertThat(model.isClosed()).isTrue();
    assertThatThrownBy(() -> server.deploy("m", model)).isInstanceOf(ClosedException.class);
  }

  /** What throws leaves the model its owner's, as it was, and the older one served. */
  @Test
  void aDeployThatThrowsChangesNothing() {
    AtomicInteger kind = new AtomicInteger();
    try (Model other = model(() -> {});
        ModelServer picky =
            ModelServer.builder()
                .batching(
                    b ->
                        switch (kind.get()) {
                          case 1 -> throw new IllegalStateException("own");
                          case 2 -> null;
                          case 3 -> BatchingModel.builder(other);
                          case 4 -> b.workers(3).threads(new FewThreads(2));
                          default -> b;
                        })
                .build()) {
      Model old = model(() -> {});
      picky.deploy("m", old);
      try (Model next = model(() -> {})) {
        long limit = next.planLimit();
        Class<?>[] thrown = {
          IllegalStateException.class,
          InvalidArgumentException.class,
          InvalidArgumentException.class,
          MemoryLimitException.class
        };
        for (int i = 1; i <= thrown.length; i++) {
          kind.set(i);
          assertThatThrownBy(() -> picky.deploy("m", next)).isInstanceOf(thrown[i - 1]);
          assertThat(next.planLimit()).isEqualTo(limit);
          assertThat(ServedModels.alone(next, one())).hasSize(3);
          assertThat(old.isClosed()).isFalse();
        }
        kind.set(0);
        assertThat(picky.deploy("m", next)).isEqualTo(2);
      }
      assertThat(old.isClosed()).isTrue();
    }
  }

  /** As many threads as the system grants. */
  private static final class FewThreads implements java.util.concurrent.ThreadFactory {
    final List<Thread> made = new ArrayList<>();
    private final int most;

    FewThreads(int most) {
      this.most = most;
    }

    @Override
    public Thread newThread(Runnable work) {
      Thread t =
          made.size() < most
              ? new Thread(work)
              : new Thread(work) {
                @Override
                public void start() {
                  throw new OutOfMemoryError("unable to create native thread");
                }
              };
      made.add(t);
      return t;
    }
  }

  @Test
  void workersEndWhereOneCannotBegin() {
    try (Model model = model(() -> {})) {
      FewThreads few = new FewThreads(3);
      BatchingModel.Builder builder = BatchingModel.builder(model).workers(5).threads(few);
      assertThatThrownBy(builder::build)
          .isInstanceOf(MemoryLimitException.class)
          .hasMessageContaining("worker 4 of 5")
          .hasCauseInstanceOf(OutOfMemoryError.class);
      await(() -> few.made.stream().noneMatch(Thread::isAlive));
    }
  }

  @Test
  void readyWhenAllAreThere() {
    try (ModelServer late = ModelServer.builder().loading(true).build()) {
      Client asks = new Client(late);
      assertThat(asks.get("/v2/health/live").statusCode()).isEqualTo(200);
      assertThat(asks.get("/v2/health/ready").statusCode()).isEqualTo(503);
      late.deploy("first", model(() -> {}));
      assertThat(asks.get("/v2/health/ready").statusCode()).isEqualTo(503);
      assertThat(asks.get("/v2/models/first/ready").statusCode()).isEqualTo(200);
      for (String path : List.of("/v2/models/m/ready", "/v2/models/m")) {
        assertThat(asks.get(path).statusCode()).isEqualTo(503);
        assertThat(asks.get(path).headers().firstValue("Retry-After")).contains("1");
      }
      assertThat(asks.post(INFER, BODY).statusCode()).isEqualTo(503);
      assertThat(asks.post("/v1/models/m:predict", BODY).statusCode()).isEqualTo(503);
      late.loaded();
      assertThat(asks.get("/v2/health/ready").statusCode()).isEqualTo(200);
      assertThat(asks.get("/v2/models/m").statusCode()).isEqualTo(404);
      late.remove("first");
      assertThat(asks.get("/v2/health/ready").statusCode()).isEqualTo(503);
    }
  }
}
