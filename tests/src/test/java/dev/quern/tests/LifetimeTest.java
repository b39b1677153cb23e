package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.eager.Eager;
import dev.quern.error.ClosedException;
import dev.quern.layer.AvgPool2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.StochasticDepth;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Softmax;
import dev.quern.loss.CrossEntropy;
import dev.quern.loss.Mse;
import dev.quern.metric.Metrics;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Tensors of closed arenas are refused by every operator, and no arena closes under a call. */
class LifetimeTest {
  private static final Shape IN = Shape.of(1, 3, 4, 4);

  private final Arena open = new Arena();
  private final Arena closed = new Arena();

  @AfterEach
  void close() {
    open.close();
    closed.close();
  }

  private record Use(String name, ThrowingCallable call) {}

  /** Each with one tensor of the closed arena, in every place. */
  @TestFactory
  Stream<DynamicTest> tensorsOfAClosedArena() {
    Conv2d conv = new Conv2d(3, 1);
    Linear linear = new Linear(4);
    Tensor x = open.tensor(IN);
    Tensor w = open.tensor(Shape.of(3, 3, 1, 1));
    Tensor b = open.tensor(Shape.of(3));
    Tensor rows = open.tensor(Shape.of(4, 4));
    Tensor row = open.tensor(Shape.of(4));
    Tensor goneX = closed.tensor(IN);
    Tensor goneW = closed.tensor(w.shape());
    Tensor goneB = closed.tensor(b.shape());
    Tensor goneRows = closed.tensor(rows.shape());
    Tensor goneRow = closed.tensor(row.shape());
    closed.close();
    Sgd sgd = new Sgd(0.1f, 0.9f);
    return Stream.of(
            new Use("conv2d forward input", () -> Eager.of(conv).forward(goneX, w, b)),
            new Use("conv2d forward weight", () -> Eager.of(conv).forward(x, goneW, b)),
            new Use("conv2d forward bias", () -> Eager.of(conv).forward(x, w, goneB)),
            new Use("conv2d backward data grad", () -> Eager.of(conv).backwardData(goneX, w, IN)),
            new Use("conv2d backward data weight", () -> Eager.of(conv).backwardData(x, goneW, IN)),
            new Use(
                "conv2d backward weights input", () -> Eager.of(conv).backwardWeights(goneX, x)),
            new Use("conv2d backward weights grad", () -> Eager.of(conv).backwardWeights(x, goneX)),
            new Use("max_pool2d forward", () -> Eager.of(new MaxPool2d(1)).forward(goneX)),
            new Use(
                "max_pool2d backward input", () -> Eager.of(new MaxPool2d(1)).backward(goneX, x)),
            new Use(
                "max_pool2d backward grad", () -> Eager.of(new MaxPool2d(1)).backward(x, goneX)),
            new Use("avg_pool2d forward", () -> Eager.of(new AvgPool2d(1)).forward(goneX)),
            new Use("avg_pool2d backward", () -> Eager.of(new AvgPool2d(1)).backward(goneX, IN)),
            new Use("relu forward", () -> Eager.of(new Relu()).forward(goneX)),
            new Use("relu backward input", () -> Eager.of(new Relu()).backward(goneX, x)),
            new Use("relu backward grad", () -> Eager.of(new Relu()).backward(x, goneX)),
            new Use("dropout forward", () -> Eager.of(new Dropout()).forward(goneX, 1, 0)),
            new Use("dropout backward", () -> Eager.of(new Dropout()).backward(goneX, 1, 0)),
            new Use("dropout2d forward", () -> Eager.of(new Dropout2d()).forward(goneX, 1, 0)),
            new Use("dropout2d backward", () -> Eager.of(new Dropout2d()).backward(goneX, 1, 0)),
            new Use(
                "stochastic_depth forward",
                () -> Eager.of(new StochasticDepth(0.5f)).forward(goneX, 1, 0)),
            new Use("flatten forward", () -> Eager.of(new Flatten()).forward(goneX)),
            new Use(
                "flatten backward", () -> Eager.of(new Flatten()).backward(goneRows, rows.shape())),
            new Use("linear forward input", () -> Eager.of(linear).forward(goneRows, rows, row)),
            new Use("linear forward weight", () -> Eager.of(linear).forward(rows, goneRows, row)),
            new Use("linear forward bias", () -> Eager.of(linear).forward(rows, rows, goneRow)),
            new Use(
                "linear backward data grad", () -> Eager.of(linear).backwardData(goneRows, rows)),
            new Use(
                "linear backward data weight", () -> Eager.of(linear).backwardData(rows, goneRows)),
            new Use(
                "linear backward weights input",
                () -> Eager.of(linear).backwardWeights(goneRows, rows)),
            new Use(
                "linear backward weights grad",
                () -> Eager.of(linear).backwardWeights(rows, goneRows)),
            new Use("softmax forward", () -> Eager.of(new Softmax()).forward(goneRows)),
            new Use("softmax forward image", () -> Eager.of(new Softmax()).forward(goneX)),
            new Use(
                "softmax backward output", () -> Eager.of(new Softmax()).backward(goneRows, rows)),
            new Use(
                "softmax backward grad", () -> Eager.of(new Softmax()).backward(rows, goneRows)),
            new Use("cross_entropy", () -> new CrossEntropy().forward(goneRows, 0, 1, 2, 3)),
            new Use("its gradient", () -> new CrossEntropy().backward(goneRows, 0, 1, 2, 3)),
            new Use("soft targets", () -> new CrossEntropy().forward(rows, goneRows)),
            new Use("mse outputs", () -> new Mse().forward(goneRows, rows)),
            new Use("mse targets", () -> new Mse().forward(rows, goneRows)),
            new Use("mse gradient", () -> new Mse().backward(goneRows, rows)),
            new Use("sgd weight", () -> sgd.step(goneRows, rows, rows, true)),
            new Use("sgd grad", () -> sgd.step(rows, goneRows, rows, true)),
            new Use("sgd velocity", () -> sgd.step(rows, rows, goneRows, true)),
            new Use("accuracy", () -> Metrics.accuracy(goneRows, 0, 1, 2, 3)),
            new Use("log_loss", () -> Metrics.logLoss(goneRows, 0, 0, 1, 2, 3)),
            new Use("one_hot", () -> Metrics.oneHot(closed, new int[] {0}, 3)),
            new Use("tensor get", () -> goneRow.get(0)),
            new Use("tensor toArray", goneRow::toArray),
            new Use("tensor copyFrom", () -> goneRow.copyFrom(new float[4])),
            new Use("arena tensor", () -> closed.tensor(IN)))
        .map(use -> dynamicTest(use.name, () -> assertRefused(use.call)));
  }

  private static void assertRefused(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isExactlyInstanceOf(ClosedException.class)
        .hasMessageContaining("arena")
        .hasMessageContaining("close");
  }

  @Test
  void closingTwiceDoesNothing() {
    Tensor t = closed.tensor(IN);
    closed.close();
    assertThatCode(closed::close).doesNotThrowAnyException();
    assertThat(t.shape()).as("a shape needs no memory").isEqualTo(IN);
  }

  /** A refused call leaves the arenas that it entered closable. */
  @Test
  void refusedCallLeavesNothingInside() {
    Tensor x = open.tensor(IN);
    Tensor gone = closed.tensor(Shape.of(3, 3, 1, 1));
    closed.close();
    assertRefused(() -> Eager.of(new Conv2d(3, 1).bias(false)).forward(x, gone, null));
    assertThatCode(open::close).doesNotThrowAnyException();
  }

  /**
   * The convolution takes long enough to be met inside; where a machine is so busy that it is met
   * before or after, it is tried again.
   */
  @Test
  void closingUnderARunningCallIsRefusedAndTheCallEndsWell() throws Exception {
    boolean met = false;
    for (int attempt = 0; attempt < 20 && !met; attempt++) {
      met = closeMeets(5L << attempt % 5);
    }
    assertThat(met).as("closed while a call was inside").isTrue();
  }

  private static boolean closeMeets(long patienceMillis) throws Exception {
    try (Arena arena = new Arena()) {
      CountDownLatch started = new CountDownLatch(1);
      CompletableFuture<float[]> output = new CompletableFuture<>();
      Tensor x = arena.tensor(Shape.of(1, 32, 64, 64), filled(32 * 64 * 64));
      Tensor w = arena.tensor(Shape.of(64, 32, 3, 3), filled(64 * 32 * 9));
      Thread caller = new Thread(() -> complete(output, started, x, w));
      caller.start();
      started.await();
      boolean refused = closeIsRefused(arena, caller, patienceMillis);
      caller.join();
      if (refused) {
        assertThat(output.get()).hasSize(64 * 62 * 62).containsOnly(32 * 9);
      }
      return refused;
    }
  }

  private static float[] filled(int n) {
    float[] ones = new float[n];
    Arrays.fill(ones, 1);
    return ones;
  }

  private static void complete(
      CompletableFuture<float[]> output, CountDownLatch started, Tensor x, Tensor w) {
    try {
      started.countDown();
      Passes.forcing(
          "reference",
          () ->
              output.complete(
                  Eager.of(new Conv2d(64, 3).bias(false)).forward(x, w, null).toArray()));
    } catch (RuntimeException e) {
      output.completeExceptionally(e);
    }
  }

  /** Tries once the call is likely to be inside. */
  private static boolean closeIsRefused(Arena arena, Thread caller, long patienceMillis)
      throws InterruptedException {
    caller.join(patienceMillis);
    try {
      arena.close();
      return false;
    } catch (ClosedException e) {
      assertThat(e).hasMessageStartingWith("arena: ").hasMessageContaining("still running");
      return true;
    }
  }
}
