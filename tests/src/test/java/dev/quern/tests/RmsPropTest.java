package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.optim.RmsProp;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** rmsprop against its twin, step after step. */
class RmsPropTest {
  /** A smaller alpha lets the variance nearly cancel, and the quotient is then anything. */
  @TestFactory
  Stream<DynamicTest> everyParameter() {
    List<RmsProp> all = new ArrayList<>(List.of(new RmsProp()));
    for (double alpha : new double[] {0.9, 0.99}) {
      for (float momentum : new float[] {0, 0.9f}) {
        for (float decay : new float[] {0, 0.1f}) {
          for (boolean centered : new boolean[] {false, true}) {
            all.add(new RmsProp(0.03f, alpha, 1e-8, decay, momentum, centered));
            all.add(new RmsProp(0.5f, alpha, 1e-2, decay, momentum, centered));
          }
        }
      }
    }
    return all.stream().map(o -> dynamicTest(o.toString(), () -> OptimizerRun.check(o, "rmsprop")));
  }

  @Test
  void oneStepByHand() {
    // s = 0.75 * 0 + 0.25 * 4 = 1; w = 8 - 0.5 * 2 / (1 + 1) = 7.5
    RmsProp plain = new RmsProp(0.5f, 0.75, 1, 0, 0, false);
    // a = 0.25 * 2 = 0.5, s - a^2 = 0.75
    RmsProp centered = new RmsProp(0.5f, 0.75, 1, 0, 0, true);
    try (Arena a = new Arena()) {
      Tensor w = a.tensor(Shape.of(1), 8);
      Tensor g = a.tensor(Shape.of(1), 2);
      plain.step(w, g, List.of(a.tensor(w.shape())), 1);
      assertThat(w.toArray()).containsExactly(7.5f);
      w.copyFrom(new float[] {8});
      centered.step(w, g, List.of(a.tensor(w.shape()), a.tensor(w.shape())), 1);
      assertThat(w.toArray()).containsExactly((float) (8 - 1 / (Math.sqrt(0.75) + 1)));
    }
  }

  /** A gradient that never changes has no variance; rounding must not make it less than none. */
  @Test
  void centeredOnASteadyGradientStaysANumber() {
    RmsProp centered = new RmsProp(1e-3f, 0.5, 1e-3, 0, 0, true);
    try (Arena a = new Arena()) {
      Tensor w = a.tensor(Shape.of(100));
      float[] third = new float[100];
      for (int i = 0; i < third.length; i++) {
        third[i] = 1 / (3f + i);
      }
      Tensor g = a.tensor(w.shape(), third);
      List<Tensor> states = List.of(a.tensor(w.shape()), a.tensor(w.shape()));
      for (int step = 1; step <= 60; step++) {
        centered.step(w, g, states, step);
      }
      for (float x : w.toArray()) {
        assertThat(x).isFinite().isNegative();
      }
    }
  }

  @Test
  void nanStaysInItsElement() {
    for (boolean centered : new boolean[] {false, true}) {
      RmsProp rmsProp = new RmsProp(0.1f, 0.9, 1e-8, 0, 0.9f, centered);
      try (Arena a = new Arena()) {
        Tensor w = a.tensor(Shape.of(3), 1, 2, 3);
        List<Tensor> states = rmsProp.states().stream().map(s -> a.tensor(w.shape())).toList();
        rmsProp.step(w, a.tensor(w.shape(), 0, Float.NaN, 0), states, 1);
        assertThat(w.toArray()).containsExactly(1, Float.NaN, 3);
      }
    }
  }
}
