package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;

import dev.quern.layer.BinaryGradients;
import dev.quern.layer.Divide;
import dev.quern.layer.Maximum;
import dev.quern.layer.Subtract;
import dev.quern.reference.DivideReference;
import dev.quern.reference.MaximumReference;
import dev.quern.reference.NdArray;
import dev.quern.reference.SubtractReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** subtract, divide and maximum against their twins: of one shape, and by one value a channel. */
class BinaryTest {
  /** One of them and its twin. */
  private record Kind(
      String name,
      GoldenArithmetic.PairForward forward,
      GoldenArithmetic.PairBackward backward,
      Function<List<NdArray>, NdArray> twinForward,
      BiFunction<List<NdArray>, NdArray, List<NdArray>> twinBackward) {}

  private static final Kind SUBTRACT =
      new Kind(
          "subtract",
          new Subtract()::forward,
          new Subtract()::backward,
          SubtractReference::forward,
          SubtractReference::backward);

  private static final Kind DIVIDE =
      new Kind(
          "divide",
          new Divide()::forward,
          new Divide()::backward,
          DivideReference::forward,
          DivideReference::backward);

  private static final Kind MAXIMUM =
      new Kind(
          "maximum",
          new Maximum()::forward,
          new Maximum()::backward,
          MaximumReference::forward,
          MaximumReference::backward);

  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private Tensor tensor(long... dims) {
    return arena.tensor(Shape.of(dims));
  }

  private void check(Kind kind, Shape input, Shape other) {
    // integers are often equal, which maximum must share
    Values v = new Values(Values.Kind.INTEGERS, Values.seedOf(kind.name + input + " by " + other));
    NdArray divisor = v.array(other);
    for (int i = 0; i < divisor.size(); i++) {
      divisor.set(i, divisor.get(i) == 0 ? 0.5 : divisor.get(i));
    }
    List<NdArray> inputs = List.of(v.array(input), divisor);
    NdArray gy = Values.floats(7).array(input);
    List<NdArray> wanted = kind.twinBackward.apply(inputs, gy);
    Tensor x = Values.tensor(arena, inputs.get(0));
    Tensor by = Values.tensor(arena, divisor);
    Tensor tgy = Values.tensor(arena, gy);
    Passes p = new Passes();
    Tensor y = p.run(kind.name, () -> kind.forward.of(x, by));
    BinaryGradients back = p.run(kind.name, () -> kind.backward.of(x, by, tgy));
    double typical = Compare.typical(input.elements() / other.elements());
    Compare.close("output, " + v, y, kind.twinForward.apply(inputs), 0);
    Compare.close("grad_input, " + v, back.input(), wanted.get(0), 0);
    Compare.close("grad_other, " + v, back.other(), wanted.get(1), typical);
  }

  @ParameterizedTest
  @CsvSource({"1,1,1,1", "2,3,4,5", "3,16,1,7", "2,65,3,2", "1,130,23,31", "2,17,40,40"})
  void agreeWithTheTwins(int n, int c, int h, int w) {
    Shape images = Shape.of(n, c, h, w);
    for (Kind kind : List.of(SUBTRACT, DIVIDE, MAXIMUM)) {
      check(kind, images, images);
      check(kind, Shape.of(n, c), Shape.of(n, c));
    }
    check(SUBTRACT, images, Shape.of(n, c, 1, 1));
    check(DIVIDE, images, Shape.of(n, c, 1, 1));
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    Tensor x = tensor(0, 3, 5, 7);
    for (Kind kind : List.of(SUBTRACT, DIVIDE, MAXIMUM)) {
      BinaryGradients back = kind.backward.of(x, x, kind.forward.of(x, x));
      Compare.exact("grad_other", back.other(), new NdArray(x.shape()));
    }
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    Tensor x = tensor(2, 3, 4, 5);
    Tensor gate = tensor(2, 3, 1, 1);
    Shape features = Shape.of(3);
    return Stream.of(
            argument("subtract", () -> new Subtract().forward(null, x), "input", "null"),
            argument("divide", () -> new Divide().forward(x, null), "other", "null"),
            argument("maximum", () -> new Maximum().forward(null, x), "input", "null"),
            argument("divide", () -> new Divide().backward(x, gate, null), "grad_output", "null"),
            shape("subtract", () -> new Subtract().forward(gate, x), "3x4x5", "3x1x1"),
            shape("maximum", () -> new Maximum().forward(x, gate), "2x3x1x1", "2x3x4x5"),
            shape("divide", () -> new Divide().forward(x, tensor(1, 3, 1, 1)), "batches"),
            shape("subtract", () -> new Subtract().backward(x, gate, gate), "2x3x1x1", "2x3x4x5"),
            shape(
                "divide",
                () -> new Divide().outputShape(List.of(features, features, features)),
                "2 inputs, not 3"),
            shape(
                "maximum",
                () -> new Maximum().outputShape(List.of(features, Shape.of(4))),
                "3",
                "4"))
        .map(Refusal::test);
  }
}
