package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.BinaryGradients;
import dev.quern.eager.Eager;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Divide;
import dev.quern.layer.math.Maximum;
import dev.quern.layer.math.Minimum;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.math.Pow;
import dev.quern.layer.math.Subtract;
import dev.quern.layer.math.Where;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.math.AddReference;
import dev.quern.reference.layer.math.CompareReference;
import dev.quern.reference.layer.math.DivideReference;
import dev.quern.reference.layer.math.MaximumReference;
import dev.quern.reference.layer.math.MinimumReference;
import dev.quern.reference.layer.math.MultiplyReference;
import dev.quern.reference.layer.math.PowReference;
import dev.quern.reference.layer.math.SubtractReference;
import dev.quern.reference.layer.math.WhereReference;
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

/** Arithmetic and comparisons of two values, and where, against their twins. */
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
          Eager.of(new Subtract())::forward,
          Eager.of(new Subtract())::backward,
          SubtractReference::forward,
          SubtractReference::backward);

  private static final Kind DIVIDE =
      new Kind(
          "divide",
          Eager.of(new Divide())::forward,
          Eager.of(new Divide())::backward,
          DivideReference::forward,
          DivideReference::backward);

  private static final Kind MAXIMUM =
      new Kind(
          "maximum",
          Eager.of(new Maximum())::forward,
          Eager.of(new Maximum())::backward,
          MaximumReference::forward,
          MaximumReference::backward);

  private static final Kind ADD =
      new Kind(
          "add",
          Eager.of(new Add())::forward,
          Eager.of(new Add())::backward,
          AddReference::forward,
          AddReference::backward);

  private static final Kind MULTIPLY =
      new Kind(
          "multiply",
          Eager.of(new Multiply())::forward,
          BinaryTest::multiply,
          MultiplyReference::forward,
          MultiplyReference::backward);

  private static final Kind MINIMUM =
      new Kind(
          "minimum",
          Eager.of(new Minimum())::forward,
          Eager.of(new Minimum())::backward,
          MinimumReference::forward,
          MinimumReference::backward);

  private static final Kind POW =
      new Kind(
          "pow",
          Eager.of(new Pow())::forward,
          Eager.of(new Pow())::backward,
          PowReference::forward,
          PowReference::backward);

  private static BinaryGradients multiply(Tensor input, Tensor other, Tensor gradOutput) {
    BinaryGradients back = Eager.of(new Multiply()).backward(input, other, gradOutput);
    return new BinaryGradients(back.input(), back.other());
  }

  private static Kind compare(dev.quern.layer.math.Compare.Kind kind) {
    dev.quern.layer.math.Compare layer = new dev.quern.layer.math.Compare(kind);
    return new Kind(
        "compare",
        Eager.of(layer)::forward,
        Eager.of(layer)::backward,
        x -> CompareReference.forward(layer, x),
        (x, gy) -> CompareReference.backward(layer, x, gy));
  }

  private static List<Kind> all() {
    return Stream.concat(
            Stream.of(ADD, MULTIPLY, SUBTRACT, DIVIDE, MAXIMUM, MINIMUM, POW),
            Stream.of(dev.quern.layer.math.Compare.Kind.values()).map(BinaryTest::compare))
        .toList();
  }

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
    NdArray first = v.array(input);
    for (int i = 0; i < first.size() && kind.equals(POW); i++) {
      first.set(i, Math.abs(first.get(i)) + 0.25);
    }
    List<NdArray> inputs = List.of(first, divisor);
    NdArray gy = Values.floats(7).array(kind.twinForward.apply(inputs).shape());
    List<NdArray> wanted = kind.twinBackward.apply(inputs, gy);
    Tensor x = Values.tensor(arena, inputs.get(0));
    Tensor by = Values.tensor(arena, divisor);
    Tensor tgy = Values.tensor(arena, gy);
    Passes p = new Passes();
    Tensor y = p.run(kind.name, () -> kind.forward.of(x, by));
    BinaryGradients back = p.run(kind.name, () -> kind.backward.of(x, by, tgy));
    double typical = Compare.typical(gy.size() / Math.min(first.size(), divisor.size()));
    Compare.close("output, " + v, y, kind.twinForward.apply(inputs), 0);
    Compare.close("grad_input, " + v, back.input(), wanted.get(0), typical);
    Compare.close("grad_other, " + v, back.other(), wanted.get(1), typical);
  }

  @ParameterizedTest
  @CsvSource({"1,1,1,1", "2,3,4,5", "3,16,1,7", "2,65,3,2", "1,130,23,31", "2,17,40,40"})
  void agreeWithTheTwins(int n, int c, int h, int w) {
    Shape images = Shape.of(n, c, h, w);
    for (Kind kind : all()) {
      check(kind, images, images);
      check(kind, Shape.of(n, c), Shape.of(n, c));
      check(kind, images, Shape.of(n, c, 1, 1));
    }
  }

  /** Either may be of size 1 along an axis, and both in turn. */
  @ParameterizedTest
  @CsvSource({
    "2x3x4x5, 2x3x4x1",
    "2x3x4x5, 2x1x4x5",
    "2x3x1x5, 2x3x4x5",
    "2x1x1x1, 2x3x4x5",
    "3x3x1x5, 3x1x4x1",
    "2x7, 2x1",
    "2x1, 2x7",
    "1x65x1, 1x1x130",
    "2x1x900, 2x3x900",
    "2x1x3x1x2x1x2, 2x2x1x3x1x2x2"
  })
  void sizesOf1MeetAllOthers(String input, String other) {
    for (Kind kind : all()) {
      check(kind, shapeOf(input), shapeOf(other));
    }
  }

  private static Shape shapeOf(String text) {
    return Shape.of(Stream.of(text.split("x")).mapToLong(Long::parseLong).toArray());
  }

  @ParameterizedTest
  @CsvSource({
    "2x3x4x5, 2x3x4x5, 2x3x4x5",
    "2x1x4x1, 2x3x4x5, 2x3x1x1",
    "2x3x1x1, 2x1x4x1, 2x1x1x5",
    "1x900, 1x1, 1x900",
    "0x3, 0x1, 0x3"
  })
  void whereAgreesWithItsTwin(String condition, String input, String other) {
    Values v = new Values(Values.Kind.INTEGERS, Values.seedOf(condition + input + other));
    NdArray when = v.array(shapeOf(condition));
    List<NdArray> inputs =
        List.of(when, v.array(shapeOf(input)), Values.floats(3).array(shapeOf(other)));
    NdArray gy = Values.floats(5).array(WhereReference.forward(inputs).shape());
    List<Tensor> t = inputs.stream().map(x -> Values.tensor(arena, x)).toList();
    Tensor tgy = Values.tensor(arena, gy);
    Passes p = new Passes();
    Tensor y = p.run("where", () -> Eager.of(new Where()).forward(t.get(0), t.get(1), t.get(2)));
    Compare.exact("output, " + v, y, WhereReference.forward(inputs));
    BinaryGradients back =
        p.run("where", () -> Eager.of(new Where()).backward(t.get(0), t.get(1), t.get(2), tgy));
    List<NdArray> wanted = WhereReference.backward(inputs, gy);
    Compare.close("grad_input, " + v, back.input(), wanted.get(1), 5);
    Compare.close("grad_other, " + v, back.other(), wanted.get(2), 5);
  }

  @Test
  void whatIsNotChosenDoesNotLeak() {
    Tensor when = arena.tensor(Shape.of(1, 3), 1, 0, Float.NaN);
    Tensor a = arena.tensor(Shape.of(1, 3), 5, Float.NaN, 6);
    Tensor b = arena.tensor(Shape.of(1, 3), Float.NaN, 7, Float.NaN);
    assertThat(Eager.of(new Where()).forward(when, a, b).toArray()).containsExactly(5, 7, 6);
    BinaryGradients back =
        Eager.of(new Where()).backward(when, a, b, arena.tensor(Shape.of(1, 3), 1, 2, 3));
    assertThat(back.input().toArray()).containsExactly(1, 0, 3);
    assertThat(back.other().toArray()).containsExactly(0, 2, 0);
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    Tensor x = tensor(0, 3, 5, 7);
    for (Kind kind : all()) {
      for (Tensor other : List.of(x, tensor(0, 3, 1, 1), tensor(0, 1, 5, 1))) {
        BinaryGradients back = kind.backward.of(x, other, kind.forward.of(x, other));
        Compare.exact("grad_other", back.other(), new NdArray(other.shape()));
      }
    }
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    Tensor x = tensor(2, 3, 4, 5);
    Tensor gate = tensor(2, 3, 1, 1);
    Shape features = Shape.of(3);
    return Stream.of(
            argument("subtract", () -> Eager.of(new Subtract()).forward(null, x), "input", "null"),
            argument("divide", () -> Eager.of(new Divide()).forward(x, null), "other", "null"),
            argument("maximum", () -> Eager.of(new Maximum()).forward(null, x), "input", "null"),
            argument(
                "divide",
                () -> Eager.of(new Divide()).backward(x, gate, null),
                "grad_output",
                "null"),
            argument("where", () -> Eager.of(new Where()).forward(null, x, x), "condition", "null"),
            argument("where", () -> Eager.of(new Where()).forward(x, null, x), "input", "null"),
            argument("where", () -> Eager.of(new Where()).forward(x, x, null), "other", "null"),
            argument(
                "where",
                () -> Eager.of(new Where()).backward(x, x, x, null),
                "grad_output",
                "null"),
            argument("compare", () -> new dev.quern.layer.math.Compare(null), "kind", "null"),
            shape(
                "where",
                () -> new Where().outputShape(List.of(features)),
                "expects 3 inputs, found 1"),
            shape(
                "where",
                () -> Eager.of(new Where()).forward(x, gate, tensor(1, 3, 1, 1)),
                "batch sizes"),
            shape(
                "subtract",
                () -> Eager.of(new Subtract()).forward(x, tensor(2, 3, 4, 4)),
                "axis 2"),
            shape(
                "maximum",
                () -> Eager.of(new Maximum()).forward(x, tensor(2, 3)),
                "number of axes"),
            shape("pow", () -> Eager.of(new Pow()).forward(tensor(2, 0), tensor(2, 1)), "axis 0"),
            shape(
                "add",
                () ->
                    Eager.of(new Add())
                        .forward(tensor(1, 1, 1, 1, 1, 1, 1, 1), tensor(1, 2, 1, 1, 1, 1, 1, 1)),
                "at most 6 axes"),
            shape("divide", () -> Eager.of(new Divide()).forward(x, tensor(1, 3, 1, 1)), "sizes"),
            shape(
                "subtract",
                () -> Eager.of(new Subtract()).backward(x, gate, gate),
                "2x3x1x1",
                "2x3x4x5"),
            shape(
                "divide",
                () -> new Divide().outputShape(List.of(features, features, features)),
                "expects 2 inputs, found 3"),
            shape(
                "maximum",
                () -> new Maximum().outputShape(List.of(features, Shape.of(4))),
                "3",
                "4"))
        .map(Refusal::test);
  }
}
