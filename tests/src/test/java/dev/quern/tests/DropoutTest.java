package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.eager.Eager;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.StochasticDepth;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.DropoutReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * dropout, dropout2d and stochastic_depth against their twins, which draw the same numbers on their
 * own.
 */
class DropoutTest {
  private static final float[] PROBABILITIES = {0, 0.1f, 0.5f, 0.999f, 1};

  /** Of a product in float. */
  private static final double ROUNDING = 2e-7;

  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  @TestFactory
  Stream<DynamicTest> shapes() {
    return Stream.of(
            Shape.of(0, 5),
            Shape.of(1, 1),
            Shape.of(3, 3),
            Shape.of(2, 127),
            Shape.of(2, 129),
            Shape.of(2, 3, 5),
            Shape.of(0, 2, 3, 3),
            Shape.of(1, 1, 1, 1),
            Shape.of(2, 3, 5, 7),
            Shape.of(3, 17, 11, 13),
            Shape.of(2, 130, 4, 4),
            Shape.of(70, 8, 9, 9))
        .map(shape -> dynamicTest(shape.toString(), () -> check(shape)));
  }

  private static void check(Shape shape) {
    Values v = Values.floats(Values.seedOf(shape));
    for (float p : PROBABILITIES) {
      check(p, v.array(shape), v.nextInt(-99, 99) * 0x123456789abL, v.nextInt(0, 99) << 28);
    }
  }

  private static void check(float p, NdArray x, long seed, long step) {
    Passes passes = new Passes();
    String what = "p " + p + ", seed " + seed + ", step " + step;
    try (Arena a = new Arena()) {
      Tensor t = Values.tensor(a, x);
      NdArray wanted = DropoutReference.forward(new Dropout(p), x, seed, step);
      Tensor y = passes.run("dropout", () -> Eager.of(new Dropout(p)).forward(t, seed, step));
      Compare.relative("output, " + what, y, wanted, ROUNDING);
      Tensor gx = passes.run("dropout", () -> Eager.of(new Dropout(p)).backward(t, seed, step));
      Compare.relative("grad_input, " + what, gx, wanted, ROUNDING);
      StochasticDepth depth = new StochasticDepth(p);
      NdArray samples = DropoutReference.forward(depth, x, seed, step);
      Tensor yd = passes.run("dropout", () -> Eager.of(depth).forward(t, seed, step));
      Compare.relative("depth output, " + what, yd, samples, ROUNDING);
      Tensor gxd = passes.run("dropout", () -> Eager.of(depth).backward(t, seed, step));
      Compare.relative("depth grad_input, " + what, gxd, samples, ROUNDING);
      if (x.rank() == 4) {
        NdArray wanted2d = DropoutReference.forward(new Dropout2d(p), x, seed, step);
        Tensor y2d = passes.run("dropout", () -> Eager.of(new Dropout2d(p)).forward(t, seed, step));
        Compare.relative("2d output, " + what, y2d, wanted2d, ROUNDING);
        Tensor gx2d =
            passes.run("dropout", () -> Eager.of(new Dropout2d(p)).backward(t, seed, step));
        Compare.relative("2d grad_input, " + what, gx2d, wanted2d, ROUNDING);
      }
    }
  }

  @Test
  void whatFallsIsZeroWhateverItWas() {
    Tensor x = arena.tensor(Shape.of(1, 3), Float.NaN, Float.POSITIVE_INFINITY, -1);
    assertThat(Eager.of(new Dropout(1)).forward(x, 1, 0).toArray()).containsExactly(0, 0, 0);
    assertThat(Eager.of(new Dropout(0)).forward(x, 1, 0).toArray()).isEqualTo(x.toArray());
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    Tensor row = arena.tensor(Shape.of(3));
    return Stream.of(
            Refusal.argument("dropout", () -> new Dropout(-0.1f), "p -0.1", "[0, 1]"),
            Refusal.argument("dropout", () -> new Dropout(1.1f), "p 1.1"),
            Refusal.argument("dropout", () -> new Dropout(Float.NaN), "p NaN"),
            Refusal.argument("dropout2d", () -> new Dropout2d(2), "p 2.0"),
            Refusal.argument("stochastic_depth", () -> new StochasticDepth(-1), "p -1.0"),
            Refusal.argument(
                "stochastic_depth",
                () -> Eager.of(new StochasticDepth(0)).forward(null, 1, 0),
                "input"),
            Refusal.shape(
                "stochastic_depth",
                () -> Eager.of(new StochasticDepth(0)).backward(row, 1, 0),
                "grad_output 3",
                "batch"),
            Refusal.argument("dropout", () -> Eager.of(new Dropout()).forward(null, 1, 0), "input"),
            Refusal.argument(
                "dropout", () -> Eager.of(new Dropout()).backward(null, 1, 0), "grad_output"),
            Refusal.shape(
                "dropout", () -> Eager.of(new Dropout()).forward(row, 1, 0), "input 3", "batch"),
            Refusal.shape(
                "dropout", () -> Eager.of(new Dropout()).backward(row, 1, 0), "grad_output 3"),
            Refusal.argument(
                "dropout2d", () -> Eager.of(new Dropout2d()).forward(null, 1, 0), "input"),
            Refusal.shape(
                "dropout2d", () -> Eager.of(new Dropout2d()).forward(row, 1, 0), "input 3"),
            Refusal.shape(
                "dropout2d", () -> Eager.of(new Dropout2d()).backward(row, 1, 0), "grad_output 3"),
            Refusal.shape("dropout2d", () -> new Dropout2d().outputShape(Shape.of(3)), "3"))
        .map(Refusal::test);
  }
}
