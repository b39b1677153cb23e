package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.optim.Adam;
import dev.quern.optim.AdamW;
import dev.quern.optim.Optimizer;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** adam, with its decay in the gradient and decoupled, against its twins, step after step. */
class AdamTest {
  @TestFactory
  Stream<DynamicTest> everyParameter() {
    List<Optimizer> all = new ArrayList<>(List.of(new Adam(), new AdamW()));
    for (double beta1 : new double[] {0, 0.9}) {
      for (double beta2 : new double[] {0.5, 0.95, 0.999}) {
        for (float decay : new float[] {0, 0.1f}) {
          all.add(new Adam(0.03f, beta1, beta2, 1e-8, decay, false));
          all.add(new AdamW(0.5f, beta1, beta2, 1e-3, decay, false));
          all.add(new Adam(0.5f, beta1, beta2, 1e-3, decay, true));
          all.add(new AdamW(0.03f, beta1, beta2, 1e-8, decay, true));
        }
      }
    }
    return all.stream().map(o -> dynamicTest(o.toString(), () -> OptimizerRun.check(o, "adam")));
  }

  /** Whatever the gradient's size: bias corrections make the first step lr, by its sign. */
  @Test
  void theFirstStepIsTheLearningRate() {
    for (Optimizer o : List.of(new Adam(0.25f), new AdamW(0.25f, 0))) {
      try (Arena a = new Arena()) {
        Tensor w = a.tensor(Shape.of(4), 1, 1, 1, 1);
        Tensor g = a.tensor(Shape.of(4), 3, -0.001f, 1e9f, 0);
        o.step(w, g, List.of(a.tensor(w.shape()), a.tensor(w.shape())), 1);
        assertThat(w.toArray()[0]).isCloseTo(0.75f, offset(1e-6f));
        assertThat(w.toArray()[1]).isCloseTo(1.25f, offset(1e-5f));
        assertThat(w.toArray()[2]).isCloseTo(0.75f, offset(1e-6f));
        assertThat(w.toArray()[3]).isEqualTo(1);
      }
    }
  }

  /** The gradient's scale takes the L2 decay away, but not the decoupled one. */
  @Test
  void decoupledDecayShrinksWhateverTheGradient() {
    try (Arena a = new Arena()) {
      Tensor w = a.tensor(Shape.of(1), 8);
      Tensor zero = a.tensor(Shape.of(1));
      List<Tensor> states = List.of(a.tensor(Shape.of(1)), a.tensor(Shape.of(1)));
      new AdamW(0.5f, 0.5f).step(w, zero, states, 1);
      assertThat(w.toArray()).containsExactly(6);
    }
  }

  @Test
  void nanStaysInItsElement() {
    for (boolean amsgrad : new boolean[] {false, true}) {
      Adam adam = new Adam(0.1f, 0.9, 0.999, 1e-8, 0, amsgrad);
      try (Arena a = new Arena()) {
        Tensor w = a.tensor(Shape.of(3), 1, 2, 3);
        List<Tensor> states = adam.states().stream().map(s -> a.tensor(w.shape())).toList();
        adam.step(w, a.tensor(w.shape(), 0, Float.NaN, 0), states, 1);
        assertThat(w.toArray()).containsExactly(1, Float.NaN, 3);
        states.forEach(s -> assertThat(s.toArray()).containsExactly(0, Float.NaN, 0));
        adam.step(w, a.tensor(w.shape()), states, 2);
        assertThat(w.toArray()).containsExactly(1, Float.NaN, 3);
      }
    }
  }
}
