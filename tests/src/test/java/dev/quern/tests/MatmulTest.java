package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.BinaryGradients;
import dev.quern.eager.Eager;
import dev.quern.layer.math.Matmul;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.math.MatmulReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** matmul against its twin; what is refused. */
class MatmulTest {
  private static final Matmul MATMUL = new Matmul();

  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private void check(Shape input, Shape other) {
    Values v = Values.floats(Values.seedOf(input + " by " + other));
    List<NdArray> inputs = List.of(v.array(input), v.array(other));
    NdArray wanted = MatmulReference.forward(inputs);
    NdArray gy = v.array(wanted.shape());
    List<NdArray> gradients = MatmulReference.backward(inputs, gy);
    Tensor a = Values.tensor(arena, inputs.get(0));
    Tensor b = Values.tensor(arena, inputs.get(1));
    Passes p = new Passes(MATMUL);
    Tensor y = p.run("matmul", () -> Eager.of(MATMUL).forward(a, b));
    BinaryGradients back =
        p.run("matmul", () -> Eager.of(MATMUL).backward(a, b, Values.tensor(arena, gy)));
    long inner = input.dim(input.rank() - 1);
    String what = input + " by " + other + ", " + v;
    Compare.close("output of " + what, y, wanted, Compare.typical(inner));
    Compare.close(
        "grad_input of " + what,
        back.input(),
        gradients.get(0),
        Compare.typical(other.dim(other.rank() - 1)));
    Compare.close(
        "grad_other of " + what,
        back.other(),
        gradients.get(1),
        Compare.typical(input.dim(input.rank() - 2)));
  }

  @Test
  void agreesWithTheTwin() {
    check(Shape.of(1, 1, 1), Shape.of(1, 1, 1));
    check(Shape.of(3, 2, 5), Shape.of(3, 5, 4));
    check(Shape.of(2, 4, 17, 33), Shape.of(2, 4, 33, 9));
    check(Shape.of(2, 3, 2, 7, 1), Shape.of(2, 3, 2, 1, 6));
    check(Shape.of(1, 2, 1, 3, 2, 4, 5), Shape.of(1, 2, 1, 3, 2, 5, 3));
    check(Shape.of(1, 150, 80), Shape.of(1, 80, 130));
    check(Shape.of(5, 1, 300), Shape.of(5, 300, 1));
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    Tensor a = arena.tensor(Shape.of(0, 2, 3));
    Tensor b = arena.tensor(Shape.of(0, 3, 4));
    Tensor y = Eager.of(MATMUL).forward(a, b);
    assertThat(y.shape()).isEqualTo(Shape.of(0, 2, 4));
    assertThat(Eager.of(MATMUL).backward(a, b, y).other().shape()).isEqualTo(b.shape());
  }

  @Test
  void countsMultiplyAddsAndKeepsFreeSizes() {
    assertThat(MATMUL.multiplyAdds(List.of(Shape.of(3, 4, 5), Shape.of(3, 5, 7))))
        .isEqualTo(3 * 4 * 5 * 7);
    assertThat(MATMUL.outputShape(List.of(Shape.of(3, Shape.FREE, 5), Shape.of(3, 5, Shape.FREE))))
        .isEqualTo(Shape.of(3, Shape.FREE, Shape.FREE));
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    Shape a = Shape.of(3, 4, 5);
    Shape seven = Shape.of(1, 1, 1, 1, 1, 1, 1);
    Tensor x = arena.tensor(Shape.of(2, 3, 4));
    Tensor y = arena.tensor(Shape.of(2, 4, 3));
    return Stream.of(
            argument("matmul", () -> Eager.of(MATMUL).forward(null, x), "input", "null"),
            argument("matmul", () -> Eager.of(MATMUL).forward(x, null), "other", "null"),
            argument("matmul", () -> Eager.of(MATMUL).backward(x, y, null), "grad_output", "null"),
            shape("matmul", () -> Eager.of(MATMUL).forward(x, x), "columns", "3x4"),
            shape(
                "matmul",
                () -> Eager.of(MATMUL).forward(x, arena.tensor(Shape.of(1, 4, 3))),
                "batch sizes"),
            shape("matmul", () -> Eager.of(MATMUL).backward(x, y, x), "2x3x4", "2x3x3"),
            shape("matmul", () -> MATMUL.outputShape(a), "expects 2 inputs, found 1"),
            shape(
                "matmul", () -> MATMUL.outputShape(List.of(a, a, a)), "expects 2 inputs, found 3"),
            shape("matmul", () -> MATMUL.outputShape(List.of(Shape.of(3), Shape.of(3))), "found 1"),
            shape("matmul", () -> MATMUL.outputShape(List.of(seven, seven)), "found 7"),
            shape(
                "matmul",
                () -> MATMUL.outputShape(List.of(a, Shape.of(2, 5, 4))),
                "3x4x5",
                "2x5x4",
                "must be equal"),
            shape("matmul", () -> MATMUL.outputShape(List.of(a, Shape.of(5, 4))), "must be equal"),
            shape(
                "matmul",
                () ->
                    MATMUL.outputShape(
                        List.of(Shape.of(3, 4, Shape.FREE), Shape.of(3, Shape.FREE, 4))),
                "3x4x?"))
        .map(Refusal::test);
  }
}
