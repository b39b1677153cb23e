package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.engine.Engine;
import dev.quern.network.Network;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import dev.quern.train.Trainer;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Networks whose layers change shapes train bit-identically with any number of threads. */
class ShapesTrainingTest {
  private final int threads = Engine.info().threads();

  @AfterEach
  void restoreThreads() {
    Engine.setThreads(threads);
  }

  static Stream<Network> networks() {
    return Stream.of(ShapeNetworks.all(), SignalNetworks.whole(), ArithmeticNetworks.whole())
        .flatMap(all -> all);
  }

  /** Three steps, the last one of a batch that is not full. */
  private static Map<String, float[]> trained(Network n) {
    Values v = Values.floats(5);
    try (Trainer t = Trainer.builder(n).batch(20).optimizer(new Sgd(0.01f, 0.9f)).seed(3).build();
        Arena arena = new Arena()) {
      for (int batch : new int[] {20, 20, 3}) {
        Shape shape = n.input().batch(batch);
        Tensor images = arena.tensor(shape, v.array(shape).toFloats());
        t.step(images, v.labels(batch, (int) n.output().dim(0)));
      }
      return t.gradients();
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void sameBitsForAnyThreadCount(Network n) {
    Engine.setThreads(1);
    Map<String, float[]> alone = trained(n);
    assertThat(alone).isNotEmpty();
    for (int count : new int[] {2, 3, 8}) {
      Engine.setThreads(count);
      Map<String, float[]> together = trained(n);
      alone.forEach((name, g) -> assertThat(together.get(name)).as(name).isEqualTo(g));
    }
  }
}
