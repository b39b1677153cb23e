package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Engine;
import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Dropout;
import dev.quern.layer.Flatten;
import dev.quern.layer.Linear;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.activation.Relu;
import dev.quern.network.Network;
import dev.quern.predict.Model;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sixteen threads at one model, a layer of the user's own in it, each with inputs of its own. */
class ModelThreadsTest {
  private static final int CALLERS = 16;
  private static final int ROUNDS = 5;

  private static final Network NETWORK =
      Network.of(
          "shared",
          Shape.of(3, 14, 13),
          new Conv2d(12, 3),
          new BatchNorm2d(),
          new Swish(1),
          new MaxPool2d(2),
          new Conv2d(9, 3),
          new Relu(),
          new Flatten(),
          new Dropout(),
          new Linear(5));

  private final int threads = Engine.info().threads();

  @AfterEach
  void restoreThreads() {
    Engine.setThreads(threads);
  }

  private static ModelData trained() {
    Values v = Values.floats(3);
    try (Trainer t = Trainer.builder(NETWORK).batch(8).build();
        Arena arena = new Arena()) {
      for (int i = 0; i < 3; i++) {
        t.step(Values.tensor(arena, v.array(NETWORK.input().batch(8))), v.labels(8, 5));
      }
      return t.modelData(Collections.nCopies(5, "class"), Map.of());
    }
  }

  /** Of different sizes, some larger than the piece that a model computes at once. */
  private static NdArray images(int caller, int round) {
    int n = 1 + (caller * 7 + round * 13) % 90;
    return Values.floats(100L * caller + round).array(NETWORK.input().batch(n));
  }

  private static float[] predict(Model m, int caller, int round) {
    try (Arena arena = new Arena()) {
      Tensor images = Values.tensor(arena, images(caller, round));
      return m.predict(images).toArray();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void sixteenThreadsGetTheBitsThatOneGets(int nativeThreads) throws Exception {
    Engine.setThreads(nativeThreads);
    ExecutorService pool = Executors.newFixedThreadPool(CALLERS);
    try (Model m = Model.of(trained())) {
      float[][][] alone = new float[CALLERS][ROUNDS][];
      for (int caller = 0; caller < CALLERS; caller++) {
        for (int round = 0; round < ROUNDS; round++) {
          alone[caller][round] = predict(m, caller, round);
        }
      }
      CyclicBarrier start = new CyclicBarrier(CALLERS);
      List<Future<?>> running = new ArrayList<>();
      for (int c = 0; c < CALLERS; c++) {
        int caller = c;
        running.add(
            pool.submit(
                () -> {
                  for (int round = 0; round < ROUNDS; round++) {
                    start.await();
                    assertThat(predict(m, caller, round))
                        .as("caller %d, round %d", caller, round)
                        .isEqualTo(alone[caller][round]);
                  }
                  return null;
                }));
      }
      for (Future<?> f : running) {
        f.get();
      }
    } finally {
      pool.shutdownNow();
    }
  }
}
