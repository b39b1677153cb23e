package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.eager.Eager;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.activation.LogSoftmaxReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** log_softmax against its twin. */
class LogSoftmaxTest {
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
    shapes.add(Shape.of(3, 21, 17, 13));
    return shapes.stream().map(shape -> dynamicTest(shape.toString(), () -> check(shape)));
  }

  /** Logits near each other, and so far apart that probabilities vanish. */
  private static void check(Shape shape) {
    for (double spread : new double[] {1, 20, 1000}) {
      Values v = Values.floats(Values.seedOf(shape));
      NdArray x = v.array(shape);
      for (int i = 0; i < x.size(); i++) {
        x.set(i, (float) (x.get(i) * spread));
      }
      check(x, v);
    }
  }

  private static void check(NdArray x, Values v) {
    String what = "log_softmax of " + x.shape() + ", " + v;
    NdArray gy = v.array(x.shape());
    Passes p = new Passes();
    try (Arena a = new Arena()) {
      Tensor y =
          p.run("log_softmax", () -> Eager.of(new LogSoftmax()).forward(Values.tensor(a, x)));
      Compare.relative("output, " + what, y, LogSoftmaxReference.forward(x), 1e-6);
      NdArray given = NdArray.of(x.shape(), y.toArray());
      Tensor gx =
          p.run("log_softmax", () -> Eager.of(new LogSoftmax()).backward(y, Values.tensor(a, gy)));
      Compare.close("grad_input, " + what, gx, LogSoftmaxReference.backward(given, gy), 1e-9);
    }
  }

  private static float[] logSoftmax(float... row) {
    try (Arena a = new Arena()) {
      return Eager.of(new LogSoftmax()).forward(a.tensor(Shape.of(1, row.length), row)).toArray();
    }
  }

  @Test
  void hugeLogitsOverflowNothing() {
    assertThat(logSoftmax(1e30f, -1e30f, 0)).containsExactly(0, -2e30f, -1e30f);
    assertThat(logSoftmax(3, -INF)).containsExactly(0, -INF);
    float half = (float) -Math.log(2);
    assertThat(logSoftmax(Float.MAX_VALUE, Float.MAX_VALUE)).containsExactly(half, half);
  }

  @Test
  void nanAndInfinityFollowTheTwin() {
    float[][] rows = {
      {NAN, 1, 2}, {1, 2, NAN}, {INF, 1, 2}, {INF, INF, 0}, {-INF, -INF, -INF}, {-INF, 0, NAN}
    };
    for (float[] row : rows) {
      try (Arena a = new Arena()) {
        NdArray x = NdArray.of(Shape.of(1, 3), row);
        Tensor y = Eager.of(new LogSoftmax()).forward(Values.tensor(a, x));
        Compare.close("log_softmax", y, LogSoftmaxReference.forward(x));
      }
    }
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    try (Arena a = new Arena()) {
      for (Shape shape : List.of(Shape.of(0, 10), Shape.of(0, 10, 2, 3))) {
        Tensor y = Eager.of(new LogSoftmax()).forward(a.tensor(shape));
        assertThat(y.shape()).isEqualTo(shape);
        assertThat(Eager.of(new LogSoftmax()).backward(y, y).shape()).isEqualTo(shape);
      }
    }
  }
}
