package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.eager.Eager;
import dev.quern.layer.activation.Softmax;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.activation.SoftmaxReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** softmax against its twin. */
class SoftmaxTest {
  private static final float INF = Float.POSITIVE_INFINITY;
  private static final float NAN = Float.NaN;

  @TestFactory
  Stream<DynamicTest> shapes() {
    List<Shape> shapes = new ArrayList<>();
    for (int classes : Conv2dTest.CHANNELS) {
      shapes.add(Shape.of(1, classes));
      shapes.add(Shape.of(3, classes));
      shapes.add(Shape.of(2, classes, 3, 5));
    }
    shapes.add(Shape.of(4099, 10));
    shapes.add(Shape.of(7, 1000));
    shapes.add(Shape.of(3, 4097));
    shapes.add(Shape.of(3, 21, 17, 13));
    return shapes.stream().map(shape -> dynamicTest(shape.toString(), () -> check(shape)));
  }

  /** Logits near each other, and so far apart that probabilities vanish. */
  private static void check(Shape shape) {
    for (double spread : new double[] {1, 20, 200}) {
      Values v = Values.floats(Values.seedOf(shape));
      NdArray x = v.array(shape);
      for (int i = 0; i < x.size(); i++) {
        x.set(i, (float) (x.get(i) * spread));
      }
      check(x, v);
    }
  }

  private static void check(NdArray x, Values v) {
    String what = "softmax of " + x.shape() + ", " + v;
    NdArray gy = v.array(x.shape());
    Passes p = new Passes();
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor tgy = Values.tensor(a, gy);
      Tensor y = p.run("softmax", () -> Eager.of(new Softmax()).forward(tx));
      Compare.relative("output, " + what, y, SoftmaxReference.forward(x), 1e-6);
      NdArray given = NdArray.of(x.shape(), y.toArray());
      Tensor gx = p.run("softmax", () -> Eager.of(new Softmax()).backward(y, tgy));
      NdArray wanted = SoftmaxReference.backward(given, gy);
      Compare.close("grad_input, " + what, gx, wanted, 1e-30); // beside denormals
    }
  }

  private static float[] softmax(float... row) {
    try (Arena a = new Arena()) {
      return Eager.of(new Softmax()).forward(a.tensor(Shape.of(1, row.length), row)).toArray();
    }
  }

  @Test
  void hugeLogitsOverflowNothing() {
    assertThat(softmax(1e30f, -1e30f, 0)).containsExactly(1, 0, 0);
    assertThat(softmax(-1e30f, -1e30f)).containsExactly(0.5f, 0.5f);
    assertThat(softmax(Float.MAX_VALUE, Float.MAX_VALUE)).containsExactly(0.5f, 0.5f);
    assertThat(softmax(3, -INF)).containsExactly(1, 0);
  }

  @Test
  void nanAndInfinityFollowTheTwin() {
    float[][] rows = {
      {NAN, 1, 2}, {1, 2, NAN}, {INF, 1, 2}, {INF, INF, 0}, {-INF, -INF, -INF}, {-INF, 0, NAN}
    };
    for (float[] row : rows) {
      try (Arena a = new Arena()) {
        NdArray x = NdArray.of(Shape.of(1, 3), row);
        Compare.close(
            "softmax",
            Eager.of(new Softmax()).forward(Values.tensor(a, x)),
            SoftmaxReference.forward(x));
      }
    }
    assertThat(softmax(1, NAN)).containsOnly(NAN);
  }

  @Test
  void nanStaysInItsRow() {
    try (Arena a = new Arena()) {
      Tensor y = Eager.of(new Softmax()).forward(a.tensor(Shape.of(2, 2), NAN, 0, 0, 0));
      assertThat(y.toArray()).containsExactly(NAN, NAN, 0.5f, 0.5f);
    }
  }

  @Test
  void rowsSumToOneAndAShiftChangesNothing() {
    Values v = Values.floats(9);
    float[] row = v.array(1, 100).toFloats();
    float[] y = softmax(row);
    double sum = 0;
    for (int i = 0; i < row.length; i++) {
      sum += y[i];
      row[i] += 64;
    }
    assertThat(sum).as("%s", v).isCloseTo(1, within(1e-6));
    float[] shifted = softmax(row);
    for (int i = 0; i < row.length; i++) {
      assertThat(shifted[i]).isCloseTo(y[i], within(1e-6f));
    }
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    try (Arena a = new Arena()) {
      for (Shape shape : List.of(Shape.of(0, 10), Shape.of(0, 10, 2, 3))) {
        Tensor y = Eager.of(new Softmax()).forward(a.tensor(shape));
        assertThat(y.shape()).isEqualTo(shape);
        assertThat(Eager.of(new Softmax()).backward(y, y).shape()).isEqualTo(shape);
      }
    }
  }
}
