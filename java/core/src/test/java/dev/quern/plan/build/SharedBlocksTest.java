package dev.quern.plan.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.engine.Precision;
import dev.quern.internal.Forgotten;
import dev.quern.internal.Memory;
import dev.quern.layer.Conv2d;
import dev.quern.network.Network;
import dev.quern.plan.memory.Frozen;
import dev.quern.tensor.DType;
import dev.quern.tensor.Shape;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Weights that others may hold, too, never change again. */
class SharedBlocksTest {
  private static final Network NETWORK =
      Network.builder("n", Shape.of(3, 8, 8)).add("conv", new Conv2d(16, 3)).build();

  private static Weights weights(float first) {
    Weights w = new Weights(NETWORK, Precision.DEFAULT, DType.F32);
    float[] values = new float[16 * 27];
    values[0] = first;
    w.setAll(Map.of("conv.weight", values, "conv.bias", new float[16]));
    w.pack();
    w.share();
    return w;
  }

  @BeforeAll
  static void count() throws InterruptedException {
    Forgotten.free();
  }

  @Test
  void whatIsSharedIsNotWritten() {
    long before = Memory.live();
    try (Weights w = weights(1);
        Weights same = weights(1);
        Weights other = weights(2)) {
      assertThatThrownBy(() -> w.set("conv.bias", new float[16]))
          .isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(w::pack).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(w::packTrained).isInstanceOf(IllegalStateException.class);
      assertThat(w.copy().get("conv.weight")[0]).isEqualTo(1);
      assertThat(other.copy().get("conv.weight")[0]).isEqualTo(2);
      long packed = w.layer("conv").packed.address();
      assertThat(same.layer("conv").packed.address()).isEqualTo(packed);
      assertThat(other.layer("conv").packed.address()).isNotEqualTo(packed);
      long bias = w.layer("conv").bias.address();
      assertThat(other.layer("conv").bias.address()).isEqualTo(bias);
      assertThat(w.parameter("conv.bias").address()).isEqualTo(bias);
      try (Weights sized = w.at(NETWORK)) {
        assertThat(sized.layer("conv").packed.address()).isEqualTo(packed);
        assertThatThrownBy(sized::pack).isInstanceOf(IllegalStateException.class);
      }
    }
    assertThat(Memory.live()).isEqualTo(before);
  }

  /** What is trained stays its own, and what is not packed yet would never be. */
  @Test
  void onlyOfInference() {
    try (Weights trained = Weights.training(NETWORK, Frozen.NOTHING, Precision.DEFAULT);
        Weights averages = trained.alike();
        Weights early = new Weights(NETWORK, Precision.DEFAULT, DType.F32)) {
      trained.pack();
      averages.pack();
      for (Weights w : new Weights[] {trained, averages, early}) {
        assertThatThrownBy(w::share).isInstanceOf(IllegalStateException.class);
      }
      trained.pack();
    }
  }
}
