package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.BinaryGradients;
import dev.quern.eager.Eager;
import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.GridSample.Mode;
import dev.quern.layer.shape.GridSample.PaddingMode;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.shape.GridSampleReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** grid_sample against its twin; what is refused. */
class GridSampleTest {
  private static final float[] ODD = {
    Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, 3e38f, -1e10f, 0, 1, -1, 0.5f
  };

  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  static Stream<GridSample> layers() {
    return Stream.of(Mode.values())
        .flatMap(
            mode -> Stream.of(PaddingMode.values()).map(new GridSample().mode(mode)::paddingMode))
        .flatMap(layer -> Stream.of(layer, layer.alignCorners(true)));
  }

  private void check(GridSample layer, Shape image, long height, long width) {
    Shape points = Shape.of(image.dim(0), height, width, 2);
    Values v = Values.floats(Values.seedOf(layer + " " + image + " " + points));
    NdArray x = v.array(image);
    NdArray grid = v.array(points);
    for (int i = 0; i < grid.size(); i++) {
      grid.set(i, i % 5 == 4 ? ODD[i / 5 % ODD.length] : (float) (grid.get(i) * 1.5));
    }
    NdArray y = GridSampleReference.forward(layer, List.of(x, grid));
    NdArray gy = v.array(y.shape());
    List<NdArray> back = GridSampleReference.backward(layer, List.of(x, grid), gy);
    Passes p = new Passes(layer);
    Tensor tx = Values.tensor(arena, x);
    Tensor tg = Values.tensor(arena, grid);
    Tensor ty = p.run("grid_sample", () -> Eager.of(layer).forward(tx, tg));
    String what = layer + " of " + image + " at " + points + ", " + v;
    Compare.close("output of " + what, ty, y, 0.5);
    BinaryGradients g =
        p.run("grid_sample", () -> Eager.of(layer).backward(tx, tg, Values.tensor(arena, gy)));
    Compare.close("grad_input of " + what, g.input(), back.get(0), 0.5);
    Compare.close("grad_grid of " + what, g.other(), back.get(1), image.dim(3));
  }

  @ParameterizedTest
  @MethodSource("layers")
  void agreesWithTheTwin(GridSample layer) {
    check(layer, Shape.of(1, 1, 1, 1), 1, 1);
    check(layer, Shape.of(2, 3, 5, 7), 4, 9);
    check(layer, Shape.of(1, 2, 1, 6), 8, 3);
    check(layer, Shape.of(2, 37, 6, 5), 11, 13);
    for (int channels : Conv2dTest.CHANNELS) {
      check(layer, Shape.of(1, channels, 3, 4), 3, 3);
    }
  }

  @Test
  void theIdentityAndItsMirror() {
    Tensor x = arena.tensor(Shape.of(1, 1, 1, 3), 1, 2, 3);
    GridSample aligned = new GridSample().alignCorners(true);
    Tensor same = arena.tensor(Shape.of(1, 1, 3, 2), -1, 0, 0, 0, 1, 0);
    Tensor turned = arena.tensor(Shape.of(1, 1, 3, 2), 1, 0, 0.5f, 0, -1, 0);
    assertThat(Eager.of(aligned).forward(x, same).toArray()).containsExactly(1, 2, 3);
    assertThat(Eager.of(aligned).forward(x, turned).toArray()).containsExactly(3, 2.5f, 1);
    assertThat(Eager.of(new GridSample()).forward(x, same).toArray())
        .containsExactly(0.5f, 2, 1.5f);
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    Tensor x = arena.tensor(Shape.of(0, 3, 4, 5));
    Tensor grid = arena.tensor(Shape.of(0, 6, 7, 2));
    Tensor y = Eager.of(new GridSample()).forward(x, grid);
    assertThat(y.shape()).isEqualTo(Shape.of(0, 3, 6, 7));
    assertThat(Eager.of(new GridSample()).backward(x, grid, y).other().shape())
        .isEqualTo(grid.shape());
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    GridSample layer = new GridSample();
    Shape image = Shape.of(3, 4, 5);
    Tensor x = arena.tensor(Shape.of(2, 3, 4, 5));
    Tensor grid = arena.tensor(Shape.of(2, 6, 7, 2));
    String op = "grid_sample";
    return Stream.of(
            argument(op, () -> layer.mode(null), "mode", "null"),
            argument(op, () -> layer.paddingMode(null), "padding_mode", "null"),
            argument(op, () -> Eager.of(layer).forward(null, grid), "input", "null"),
            argument(op, () -> Eager.of(layer).forward(x, null), "grid", "null"),
            argument(op, () -> Eager.of(layer).backward(x, grid, null), "grad_output", "null"),
            shape(
                op,
                () -> Eager.of(layer).forward(arena.tensor(Shape.of(2, 6)), grid),
                "2x6 must have shape"),
            shape(op, () -> Eager.of(layer).backward(x, grid, x), "2x3x4x5", "2x3x6x7"),
            shape(
                op,
                () -> Eager.of(layer).forward(x, arena.tensor(Shape.of(1, 6, 7, 2))),
                "batch sizes"),
            shape(op, () -> layer.outputShape(image), "expects 2 inputs, found 1"),
            shape(
                op,
                () -> layer.outputShape(List.of(image, image, image)),
                "expects 2 inputs, found 3"),
            shape(
                op,
                () -> layer.outputShape(List.of(Shape.of(3, 4), Shape.of(6, 7, 2))),
                "is not an image"),
            shape(op, () -> layer.outputShape(List.of(image, Shape.of(6, 2))), "grid 6x2"),
            shape(op, () -> layer.outputShape(List.of(image, Shape.of(6, 7, 3))), "grid 6x7x3"),
            shape(
                op,
                () -> layer.outputShape(List.of(image, Shape.of(6, 7, Shape.FREE))),
                "grid 6x7x?"),
            shape(op, () -> layer.outputShape(List.of(image, Shape.of(0, 7, 2))), "output 0x7"))
        .map(Refusal::test);
  }
}
