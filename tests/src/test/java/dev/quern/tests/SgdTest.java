package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.optim.Sgd;
import dev.quern.reference.NdArray;
import dev.quern.reference.optim.SgdReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** sgd against its twin, step after step. */
class SgdTest {
  @TestFactory
  Stream<DynamicTest> everyParameter() {
    List<Sgd> all = new ArrayList<>();
    for (float lr : new float[] {0, 0.03f, 2}) {
      for (float momentum : new float[] {0, 0.5f, 0.9f, 1}) {
        for (float decay : new float[] {0, 5e-4f, 0.1f}) {
          all.add(new Sgd(lr, momentum, decay, false));
          if (momentum != 0) {
            all.add(new Sgd(lr, momentum, decay, true));
          }
        }
      }
    }
    return all.stream().map(sgd -> dynamicTest(sgd.toString(), () -> check(sgd)));
  }

  /** Around the widths of vectors and the pieces that threads get. */
  private static void check(Sgd sgd) {
    for (int n : new int[] {0, 1, 7, 8, 15, 16, 17, 33, 16384, 16385, 33000}) {
      check(sgd, n, 4, Values.floats(n));
    }
  }

  private static void check(Sgd sgd, int n, int steps, Values v) {
    NdArray w = v.array(n);
    NdArray velocity = new NdArray(w.shape());
    Passes p = new Passes(sgd);
    try (Arena a = new Arena()) {
      Tensor tw = Values.tensor(a, w);
      Tensor tv = Values.tensor(a, velocity);
      for (int step = 0; step < steps; step++) {
        NdArray g = v.array(n);
        boolean first = step == 0;
        p.run("sgd", () -> sgd.step(tw, Values.tensor(a, g), tv, first));
        SgdReference.step(sgd, w, g, velocity);
        String what = " after step " + step + " of " + sgd + " on " + n + ", " + v;
        Compare.agree(v.kind(), "weight" + what, tw, w, 1);
        if (sgd.momentum() != 0) {
          Compare.agree(v.kind(), "velocity" + what, tv, velocity, 1);
        }
      }
    }
  }

  /** Powers of two as factors leave small integers exact. */
  @Test
  void exactOnIntegers() {
    for (int n : new int[] {1, 31, 40, 16400}) {
      Values v = new Values(Values.Kind.INTEGERS, n);
      check(new Sgd(0.5f), n, 3, v);
      check(new Sgd(0.5f, 0.5f), n, 3, v);
      check(new Sgd(0.5f, 0.5f, 0.25f, false), n, 3, v);
      check(new Sgd(0.25f, 0.5f, 0.5f, true), n, 3, v);
    }
  }

  /** It sets the velocity, whatever its memory held. */
  @Test
  void firstStepReadsNoVelocity() {
    for (boolean nesterov : new boolean[] {false, true}) {
      for (float garbage : new float[] {7, Float.NaN, Float.POSITIVE_INFINITY}) {
        try (Arena a = new Arena()) {
          float[] old = new float[37];
          Arrays.fill(old, garbage);
          Tensor w = a.tensor(Shape.of(37));
          Tensor velocity = a.tensor(Shape.of(37), old);
          float[] ones = new float[37];
          Arrays.fill(ones, 1);
          new Sgd(1, 0.5f, 0, nesterov).step(w, a.tensor(Shape.of(37), ones), velocity, true);
          assertThat(velocity.toArray()).as("velocity over %s", garbage).containsOnly(1);
          assertThat(w.toArray()).containsOnly(nesterov ? -1.5f : -1);
        }
      }
    }
  }

  @Test
  void withoutMomentumNoVelocityIsNeeded() {
    try (Arena a = new Arena()) {
      Tensor w = a.tensor(Shape.of(2), 1, 2);
      new Sgd(0.5f).step(w, a.tensor(Shape.of(2), 2, -2), null, false);
      assertThat(w.toArray()).containsExactly(0, 3);
    }
  }

  @Test
  void nanStaysInItsElement() {
    try (Arena a = new Arena()) {
      Tensor w = a.tensor(Shape.of(3), 1, 2, 3);
      Tensor velocity = a.tensor(Shape.of(3));
      Tensor g = a.tensor(Shape.of(3), 0, Float.NaN, 0);
      new Sgd(0.1f, 0.9f).step(w, g, velocity, true);
      assertThat(w.toArray()).containsExactly(1, Float.NaN, 3);
      assertThat(velocity.toArray()).containsExactly(0, Float.NaN, 0);
      assertThat(g.toArray()).as("the gradient is only read").containsExactly(0, Float.NaN, 0);
    }
  }
}
