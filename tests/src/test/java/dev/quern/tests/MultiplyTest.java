package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;

import dev.quern.eager.BinaryGradients;
import dev.quern.eager.Eager;
import dev.quern.layer.math.Multiply;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.math.MultiplyReference;
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
import org.junit.jupiter.params.provider.CsvSource;

/** multiply against its twin: of one shape, of any rank, and by one value a channel. */
class MultiplyTest {
  private final Multiply layer = new Multiply();
  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private Tensor tensor(long... dims) {
    return arena.tensor(Shape.of(dims));
  }

  private void check(Shape input, Shape other) {
    for (Values.Kind kind : Values.Kind.values()) {
      Values v = new Values(kind, Values.seedOf(input + " by " + other));
      List<NdArray> inputs = List.of(v.array(input), v.array(other));
      NdArray gy = v.array(input);
      List<NdArray> wanted = MultiplyReference.backward(inputs, gy);
      Tensor x = Values.tensor(arena, inputs.get(0));
      Tensor by = Values.tensor(arena, inputs.get(1));
      Tensor tgy = Values.tensor(arena, gy);
      Passes p = new Passes();
      Tensor y = p.run("multiply", () -> Eager.of(layer).forward(x, by));
      BinaryGradients back = p.run("multiply", () -> Eager.of(layer).backward(x, by, tgy));
      double typical = Compare.typical(input.elements() / other.elements());
      Compare.agree(kind, "output, " + v, y, MultiplyReference.forward(inputs), 0);
      Compare.agree(kind, "grad_input, " + v, back.input(), wanted.get(0), 0);
      Compare.agree(kind, "grad_other, " + v, back.other(), wanted.get(1), typical);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1,1,1", "2,3,4,5", "3,16,1,7", "2,65,3,2", "1,130,23,31", "2,17,40,40"})
  void bothFormsAgreeWithTheTwin(int n, int c, int h, int w) {
    check(Shape.of(n, c, h, w), Shape.of(n, c, h, w));
    check(Shape.of(n, c, h, w), Shape.of(n, c, 1, 1));
    check(Shape.of(n, c), Shape.of(n, c));
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    Tensor x = tensor(0, 3, 5, 7);
    for (Tensor other : new Tensor[] {x, tensor(0, 3, 1, 1)}) {
      BinaryGradients back = Eager.of(layer).backward(x, other, Eager.of(layer).forward(x, other));
      Compare.exact("grad_other", back.other(), new NdArray(other.shape()));
    }
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    Tensor x = tensor(2, 3, 4, 5);
    Tensor gate = tensor(2, 3, 1, 1);
    return Stream.of(
            argument("multiply", () -> Eager.of(layer).forward(null, x), "input", "null"),
            argument("multiply", () -> Eager.of(layer).forward(x, null), "other", "null"),
            argument(
                "multiply", () -> Eager.of(layer).backward(x, gate, null), "grad_output", "null"),
            shape(
                "multiply", () -> Eager.of(layer).forward(x, tensor(2, 3, 4, 2)), "3x4x2", "3x4x5"),
            shape(
                "multiply", () -> Eager.of(layer).forward(x, tensor(2, 2, 1, 1)), "2x1x1", "3x4x5"),
            shape("multiply", () -> Eager.of(layer).forward(x, tensor(2, 3)), "3", "3x4x5"),
            shape("multiply", () -> Eager.of(layer).forward(x, tensor(1, 3, 1, 1)), "batch sizes"),
            shape("multiply", () -> Eager.of(layer).forward(x, tensor()), "batch sizes"),
            shape("multiply", () -> Eager.of(layer).forward(tensor(3), tensor(3)), "batch"),
            shape("multiply", () -> Eager.of(layer).backward(x, gate, gate), "2x3x1x1", "2x3x4x5"),
            shape(
                "multiply",
                () -> layer.outputShape(List.of(Shape.of(3), Shape.of(3), Shape.of(3))),
                "expects 2 inputs, found 3"))
        .map(Refusal::test);
  }
}
