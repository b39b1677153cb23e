package dev.quern.predict;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.engine.Precision;
import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.LayerException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.PlanLimitException;
import dev.quern.internal.Memory;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.CustomLayer;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.plan.build.Weights;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Plans stay within their limit, whatever callers bring, and a model is freed after its calls. */
@Timeout(120)
class PlanLimitTest {
  private static final Shape SMALL = Shape.of(3, 32, 32);
  private static final Shape LARGE = Shape.of(3, 600, 500);

  private static Network network(boolean free) {
    return Network.builder("any", free ? Shape.of(3, Shape.FREE, Shape.FREE) : SMALL)
        .add(new Conv2d(16, 3).padding(1))
        .add(new Relu())
        .add(new Conv2d(16, 3).padding(1))
        .add(new Relu())
        .add(new AdaptiveAvgPool2d(1))
        .add(new Flatten())
        .add(new Linear(4))
        .build();
  }

  private static ModelData data(boolean free) {
    return ModelData.untrained(network(free), 1);
  }

  private static Tensor images(Arena arena, Shape sample, int n) {
    Tensor t = arena.tensor(sample.batch(n));
    Random random = new Random(1);
    float[] values = new float[(int) t.shape().elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return t.copyFrom(values);
  }

  /** What plans of one sample take. */
  private static long planBytes(Shape sample) {
    try (Model model = Model.of(data(false).withNetwork(network(true).at(sample)));
        Arena arena = new Arena()) {
      long before = model.bytes();
      model.predict(images(arena, sample, 1));
      return model.bytes() - before;
    }
  }

  private static float[] predicted(Model model, Shape sample, int n) {
    try (Arena arena = new Arena()) {
      return model.predict(images(arena, sample, n)).toArray();
    }
  }

  @Test
  void whatIsTooLargeIsRefusedBeforeItIsAllocated() {
    long limit = planBytes(SMALL) * 8;
    try (Model model = Model.of(data(true));
        Arena arena = new Arena()) {
      model.setPlanLimit(limit);
      assertThat(model.planLimit()).isEqualTo(limit);
      float[] expected = predicted(model, SMALL, 1);
      Tensor large = images(arena, LARGE, 1);
      long before = Memory.live();
      for (int i = 0; i < 3; i++) {
        assertThatThrownBy(() -> model.predict(large))
            .isInstanceOf(PlanLimitException.class)
            .hasMessageContaining(planBytes(LARGE) + " bytes")
            .hasMessageContaining("the limit is " + limit);
        assertThatThrownBy(() -> model.predict(Map.of("input", large)))
            .isInstanceOf(PlanLimitException.class);
      }
      assertThat(Memory.live()).isEqualTo(before);
      assertThat(predicted(model, SMALL, 1)).isEqualTo(expected);
      model.setPlanLimit(planBytes(LARGE));
      assertThat(predicted(model, LARGE, 1)).hasSize(4);
    }
  }

  @Test
  void aBatchThatIsTooLargeRunsInPiecesWithTheSameBits() {
    for (boolean free : new boolean[] {true, false}) {
      try (Model whole = Model.of(data(free));
          Model pieces = Model.of(data(free))) {
        long limit = planBytes(SMALL) * 5 / 2;
        pieces.setPlanLimit(limit);
        long before = pieces.bytes();
        for (int n : new int[] {70, 1, 3, 64}) {
          assertThat(predicted(pieces, SMALL, n)).isEqualTo(predicted(whole, SMALL, n));
        }
        assertThat(pieces.bytes()).isLessThan(before + limit + (1 << 17)); // and packed weights
        assertThat(whole.bytes()).isGreaterThan(before + 3 * limit);
      }
    }
  }

  @Test
  void callsShareTheLimit() throws Exception {
    try (Model model = Model.of(data(true))) {
      float[] expected = predicted(model, SMALL, 4);
      model.setPlanLimit(planBytes(SMALL) * 3 / 2);
      long most = model.bytes() + model.planLimit();
      List<CompletableFuture<Void>> all = new ArrayList<>();
      for (int t = 0; t < 8; t++) {
        all.add(
            CompletableFuture.runAsync(
                () -> {
                  for (int i = 0; i < 20; i++) {
                    assertThat(predicted(model, SMALL, 4)).isEqualTo(expected);
                    assertThat(model.bytes()).isLessThanOrEqualTo(most);
                  }
                },
                work -> new Thread(work).start()));
      }
      for (CompletableFuture<Void> f : all) {
        f.get(60, TimeUnit.SECONDS);
      }
    }
  }

  @Test
  void whatCallersChooseIsKeptWithinATotal() {
    Weights weights = new Weights(network(false), false, Precision.DEFAULT);
    for (boolean room : new boolean[] {true, false}) {
      PlanPool pool = new PlanPool(1 << 30, room ? 1 << 30 : 1000);
      try (Arena arena = new Arena()) {
        Sized sized = new Sized(weights.network(), weights, pool, () -> {});
        sized.run(images(arena, SMALL, 1), null);
        sized.run(images(arena, SMALL, 2), null);
        assertThat(pool.bytes() > 0).isEqualTo(room);
        pool.drop(sized);
        assertThat(pool.bytes()).isZero();
      }
    }
    weights.close();
  }

  /** A plan that is used again and again is kept each time. */
  @Test
  void aPlanThatIsTakenCountsNoMoreAsKept() {
    Weights weights = new Weights(network(false), false, Precision.DEFAULT);
    long room = 1 << 30;
    for (int pass = 0; pass < 2; pass++) { // the first one says what a plan takes
      PlanPool pool = new PlanPool(1 << 30, room);
      try (Arena arena = new Arena()) {
        Sized sized = new Sized(weights.network(), weights, pool, () -> {});
        for (int i = 0; i < 4; i++) {
          sized.run(images(arena, SMALL, 1), null);
          assertThat(pool.bytes()).as("call " + i).isBetween(1L, room);
        }
        room = pool.bytes();
        pool.drop(sized);
      }
    }
    weights.close();
  }

  @Test
  void limitsThatCannotBe() {
    try (Model model = Model.of(data(false))) {
      long before = model.planLimit();
      assertThat(before).isPositive();
      assertThatThrownBy(() -> model.setPlanLimit(0)).isInstanceOf(InvalidArgumentException.class);
      assertThatThrownBy(() -> model.setPlanLimit(1000)).isInstanceOf(PlanLimitException.class);
      assertThat(model.planLimit()).isEqualTo(before);
      model.closeWhenFree();
      assertThatThrownBy(() -> model.setPlanLimit(1 << 30)).isInstanceOf(ClosedException.class);
    }
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

  private static Model calling(Runnable call) {
    return Model.of(
        ModelData.untrained(
            Network.of("calling", Shape.of(4), new Linear(8), new Calling(call)), 1));
  }

  private static Tensor predictOne(Model model, Arena arena) {
    return model.predict(arena.tensor(Shape.of(1, 4)));
  }

  /** Whoever calls a model from inside of it holds what it waits for. */
  @Test
  void waitingForMemoryEnds() {
    Model[] own = new Model[1];
    try (Arena arena = new Arena();
        Model model = calling(() -> predictOne(own[0], arena))) {
      own[0] = model;
      long[] limit = {1};
      assertThatThrownBy(() -> model.setPlanLimit(limit[0]))
          .isInstanceOf(PlanLimitException.class)
          .satisfies(e -> limit[0] = number(e.getMessage()));
      model.setPlanLimit(limit[0]);
      assertThatThrownBy(() -> predictOne(model, arena))
          .isInstanceOf(LayerException.class)
          .rootCause()
          .isInstanceOf(MemoryLimitException.class)
          .isNotInstanceOf(PlanLimitException.class)
          .hasMessageContaining("other calls use");
    }
  }

  private static long number(String message) {
    return Long.parseLong(message.replaceAll(".* needs (\\d+) bytes.*", "$1"));
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aModelIsFreedAfterItsLastCall() throws Exception {
    try (Model warm = Model.of(data(true))) {
      predicted(warm, SMALL, 1); // what is held for good is there
    }
    long before = Memory.live();
    CountDownLatch inside = new CountDownLatch(2);
    CountDownLatch go = new CountDownLatch(1);
    Model model =
        calling(
            () -> {
              inside.countDown();
              await(go);
            });
    List<CompletableFuture<Integer>> calls = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      calls.add(
          CompletableFuture.supplyAsync(
              () -> {
                try (Arena arena = new Arena()) {
                  return predictOne(model, arena).toArray().length;
                }
              },
              work -> new Thread(work).start()));
    }
    await(inside);
    assertThatThrownBy(model::close).isInstanceOf(ClosedException.class);
    assertThat(model.isClosed()).isFalse();
    model.closeWhenFree();
    model.closeWhenFree();
    model.close();
    assertThat(model.isClosed()).isTrue();
    assertThatThrownBy(() -> predicted(model, Shape.of(4), 1)).isInstanceOf(ClosedException.class);
    assertThat(Memory.live()).isGreaterThan(before);
    go.countDown();
    for (CompletableFuture<Integer> call : calls) {
      assertThat(get(call)).isEqualTo(8);
    }
    assertThat(Memory.live()).isEqualTo(before);
  }

  private static int get(CompletableFuture<Integer> call)
      throws InterruptedException, ExecutionException {
    return call.handle((n, e) -> e == null ? n : -1).get();
  }
}
