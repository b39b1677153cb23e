package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.quern.data.Dataset;
import dev.quern.internal.Memory;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.network.Networks;
import dev.quern.optim.AdamW;
import dev.quern.optim.Lookahead;
import dev.quern.optim.Sgd;
import dev.quern.predict.Model;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import dev.quern.train.TrainerBuilder;
import dev.quern.train.TrainingListener;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a step of training and a prediction leave to the garbage collector: a few objects whatever
 * the network's size, and nothing off-heap. Bytes are those of the calling thread, as an
 * interpreter makes them; compiled code makes fewer.
 */
class AllocationTest {
  private static final int BATCH = 3;
  private static final int ROUNDS = 5;
  private static final int STEPS = 6;

  /** Measured 120: what carries the caller's batch into the step, and a copy of its labels. */
  private static final long STEP = 168;

  /** Measured 306: two thirds are Java's own {@code StrictMath.pow}. */
  private static final long ADAMW_STEP = 360;

  /** Measured 160: what carries the batch, and what the listener is told. */
  private static final long FIT_STEP = 224;

  /** Measured 576: the tensor that is returned, who frees it, and the plan among those kept. */
  private static final long PREDICTION = 720;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static Stream<Network> networks() {
    return Stream.of(
        Networks.byName("lenet", Shape.of(1, 28, 28), 10),
        Networks.byName("resnet20", Shape.of(3, 8, 8), 10),
        Networks.mobilenet(0.25, 1, Shape.of(3, 32, 32), 10),
        quantized());
  }

  private static Network quantized() {
    return Network.of(
        "quantized",
        Shape.of(3, 16, 16),
        new FakeQuantize(0.01f, 0, -128, 127),
        new QuantizedConv2d(new Conv2d(64, 3).bias(false)),
        new BatchNorm2d(),
        new Relu(),
        new FakeQuantize(0.02f, -128, -128, 127),
        new Flatten(),
        new QuantizedLinear(new Linear(10)));
  }

  /**
   * The caller's bytes of a call on average, in the round that makes fewest: compiled code that is
   * given up now and then makes objects of its own.
   */
  private static long bytesOf(Runnable call) {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < ROUNDS; round++) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < STEPS; i++) {
        call.run();
      }
      long bytes = (THREADS.getCurrentThreadAllocatedBytes() - before) / STEPS;
      least = Math.min(least, bytes);
    }
    return least;
  }

  private static long bytesOfStep(Network network, UnaryOperator<TrainerBuilder> settings) {
    int[] labels = {1, 0, 2};
    try (Trainer trainer = settings.apply(Trainer.builder(network).batch(BATCH)).build();
        Arena arena = new Arena()) {
      Values values = Values.floats(5);
      Tensor images = Values.tensor(arena, values.array(network.input().batch(BATCH)));
      trainer.step(images, labels);
      long offHeap = Memory.live();
      long bytes = bytesOf(() -> trainer.step(images, labels));
      assertThat(Memory.live()).as("bytes off-heap").isLessThanOrEqualTo(offHeap);
      return bytes;
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void stepsOfTrainingLeaveLittle(Network network) {
    Sgd sgd = new Sgd(1e-4f, 0.9f);
    assertThat(bytesOfStep(network, b -> b.optimizer(sgd))).as("sgd").isLessThan(STEP);
    assertThat(
            bytesOfStep(
                network,
                b ->
                    b.optimizer(sgd)
                        .clipNorm(1)
                        .clipValue(1)
                        .accumulate(2)
                        .ema(0.9)
                        .lookahead(new Lookahead())))
        .as("all that goes with an optimizer")
        .isLessThan(STEP);
    assertThat(bytesOfStep(network, b -> b.optimizer(new AdamW(1e-5f))))
        .as("adamw")
        .isLessThan(ADAMW_STEP);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void stepsOfFitLeaveLittle(Network network) {
    int steps = ROUNDS * STEPS;
    long[] bytes = new long[steps];
    long[] offHeap = new long[steps];
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(Step step) {
            bytes[step.step() - 1] = THREADS.getCurrentThreadAllocatedBytes();
            offHeap[step.step() - 1] = Memory.live();
          }
        };
    try (Trainer trainer =
        Trainer.builder(network).batch(BATCH).optimizer(new Sgd(1e-4f, 0.9f)).build()) {
      trainer.fit(noise(network, steps * BATCH), 1, listener);
    }
    long least = Long.MAX_VALUE;
    for (int last = 2 * STEPS - 1; last < steps; last += STEPS) {
      least = Math.min(least, (bytes[last] - bytes[last - STEPS]) / STEPS);
    }
    assertThat(least).isLessThan(FIT_STEP);
    assertThat(offHeap[steps - 1]).isLessThanOrEqualTo(offHeap[0]);
  }

  private static Dataset noise(Network network, int images) {
    Shape in = network.input();
    byte[] pixels = new byte[images * (int) in.elements()];
    Values values = Values.floats(6);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (byte) values.nextInt(0, 255);
    }
    return Dataset.of(
        "noise",
        Shape.of((int) in.dim(0), (int) in.dim(1), (int) in.dim(2)),
        Collections.nCopies(10, "class"),
        pixels,
        values.labels(images, 10));
  }

  @ParameterizedTest
  @MethodSource("networks")
  void predictionsLeaveLittle(Network network) {
    try (Trainer trainer = Trainer.builder(network).batch(BATCH).build();
        Model model = Model.of(trainer.modelData(List.of(), Map.of()))) {
      for (int n : new int[] {1, 65}) {
        NdArray images = Values.floats(7).array(network.input().batch(n));
        predict(model, images); // makes the plan, which the model keeps
        long offHeap = Memory.live();
        assertThat(predict(model, images)).as("batch %d", n).isLessThan(PREDICTION);
        assertThat(Memory.live()).as("bytes off-heap").isLessThanOrEqualTo(offHeap);
      }
    }
  }

  /** Bytes of a prediction; all that was predicted is freed with the arena. */
  private static long predict(Model model, NdArray values) {
    try (Arena arena = new Arena()) {
      Tensor images = Values.tensor(arena, values);
      return bytesOf(() -> model.predict(images));
    }
  }
}
