package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.eager.Eager;
import dev.quern.eager.Gradients;
import dev.quern.layer.Linear;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.LinearReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** linear against its twin. */
class LinearTest {
  /** One layer with {@code in} features in. */
  private record Case(int batch, int in, int out, boolean bias) {}

  @TestFactory
  Stream<DynamicTest> sizes() {
    List<Case> cases = new ArrayList<>();
    for (int in : Conv2dTest.CHANNELS) {
      for (int out : Conv2dTest.CHANNELS) {
        cases.add(new Case(3, in, out, (in + out) % 3 != 0));
      }
    }
    for (int batch : new int[] {1, 2, 7, 16, 17, 63, 64, 65, 129}) {
      cases.add(new Case(batch, 121, 10, true));
      cases.add(new Case(batch, 1, 1, false));
    }
    // work is split into pieces of 64 and more along the longer side, at most 16 of them
    for (int n : new int[] {63, 64, 65, 127, 129, 1023, 1024, 1025, 1153}) {
      cases.add(new Case(5, n, 3, true));
      cases.add(new Case(5, 3, n, true));
      cases.add(new Case(n, 5, 3, true));
    }
    return cases.stream().map(c -> dynamicTest(c.toString(), () -> check(c)));
  }

  private static void check(Case c) {
    for (Values.Kind kind : Values.Kind.values()) {
      check(c, new Values(kind, Values.seedOf(c)));
    }
  }

  private static void check(Case c, Values v) {
    Linear layer = new Linear(c.out, c.bias);
    NdArray x = v.array(c.batch, c.in);
    NdArray w = v.array(c.out, c.in);
    NdArray bias = c.bias ? v.array(c.out) : null;
    NdArray gy = v.array(c.batch, c.out);
    String what = " of " + c + ", " + v;
    Passes p = new Passes(layer);
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor tw = Values.tensor(a, w);
      Tensor tgy = Values.tensor(a, gy);
      Tensor tbias = Values.tensor(a, bias);
      Tensor y = p.run("linear", () -> Eager.of(layer).forward(tx, tw, tbias));
      Tensor gx = p.run("linear", () -> Eager.of(layer).backwardData(tgy, tw));
      Gradients g = p.run("linear", () -> Eager.of(layer).backwardWeights(tx, tgy));
      NdArray wanted = LinearReference.forward(layer, x, w, bias);
      Compare.agree(v.kind(), "output" + what, y, wanted, Compare.typical(c.in));
      wanted = LinearReference.backwardData(layer, gy, w, x.shape());
      Compare.agree(v.kind(), "grad_input" + what, gx, wanted, Compare.typical(c.out));
      wanted = LinearReference.backwardWeights(layer, x, gy);
      Compare.agree(v.kind(), "grad_weight" + what, g.weight(), wanted, Compare.typical(c.batch));
      if (c.bias) {
        wanted = LinearReference.backwardBias(gy);
        Compare.agree(v.kind(), "grad_bias" + what, g.bias(), wanted, Compare.typical(c.batch));
      } else {
        assertThat(g.bias()).as("gradient of no bias").isNull();
      }
    }
  }

  /** Rows of a sample are as many samples. */
  @Test
  void theLastAxisIsMultiplied() {
    Values v = Values.floats(9);
    Linear layer = new Linear(4);
    NdArray x = v.array(3, 5, 2, 6);
    NdArray w = v.array(4, 6);
    NdArray bias = v.array(4);
    NdArray gy = v.array(3, 5, 2, 4);
    Passes p = new Passes(layer);
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor tw = Values.tensor(a, w);
      Tensor tgy = Values.tensor(a, gy);
      Tensor y = p.run("linear", () -> Eager.of(layer).forward(tx, tw, Values.tensor(a, bias)));
      Compare.close("output", y, LinearReference.forward(layer, x, w, bias));
      Tensor gx = p.run("linear", () -> Eager.of(layer).backwardData(tgy, tw));
      Compare.close("grad_input", gx, LinearReference.backwardData(layer, gy, w, x.shape()));
      Gradients g = p.run("linear", () -> Eager.of(layer).backwardWeights(tx, tgy));
      Compare.close("grad_weight", g.weight(), LinearReference.backwardWeights(layer, x, gy));
      Compare.close("grad_bias", g.bias(), LinearReference.backwardBias(gy));
    }
  }

  @Test
  void emptyBatchGivesEmptyOutputAndZeroGradients() {
    try (Arena a = new Arena()) {
      Linear layer = new Linear(3);
      Tensor x = a.tensor(Shape.of(0, 5));
      Tensor w = a.tensor(Shape.of(3, 5));
      Tensor y = Eager.of(layer).forward(x, w, a.tensor(Shape.of(3)));
      assertThat(y.shape()).isEqualTo(Shape.of(0, 3));
      assertThat(Eager.of(layer).backwardData(y, w).shape()).isEqualTo(Shape.of(0, 5));
      Gradients g = Eager.of(layer).backwardWeights(x, y);
      assertThat(g.weight().toArray()).hasSize(15).containsOnly(0);
      assertThat(g.bias().toArray()).hasSize(3).containsOnly(0);
    }
  }

  /** A row with a NaN spoils its own output and nobody else's. */
  @Test
  void nanStaysInItsRow() {
    try (Arena a = new Arena()) {
      float[] x = new float[6 * 20];
      x[2 * 20 + 7] = Float.NaN;
      Tensor y =
          Eager.of(new Linear(4, false))
              .forward(a.tensor(Shape.of(6, 20), x), a.tensor(Shape.of(4, 20)), null);
      for (int row = 0; row < 6; row++) {
        for (int o = 0; o < 4; o++) {
          assertThat(Float.isNaN(y.get(row, o))).as("row %d", row).isEqualTo(row == 2);
        }
      }
    }
  }
}
