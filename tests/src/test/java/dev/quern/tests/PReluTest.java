package dev.quern.tests;

import static dev.quern.tests.Refusal.argument;
import static dev.quern.tests.Refusal.shape;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.eager.Eager;
import dev.quern.eager.PReluPass;
import dev.quern.layer.activation.PRelu;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.NormGradients;
import dev.quern.reference.layer.activation.PReluReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** prelu against its twin: one weight and one a channel, images and features. */
class PReluTest {
  private final Arena arena = new Arena();

  @AfterEach
  void close() {
    arena.close();
  }

  private Tensor tensor(long... dims) {
    return arena.tensor(Shape.of(dims));
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,1",
    "2,3,4,5",
    "3,8,7,3",
    "1,63,5,5",
    "4,64,3,3",
    "2,65,3,2",
    "2,130,2,7",
    "8,17,31,29"
  })
  void agreesWithTheTwinOnImages(int n, int c, int h, int w) {
    agrees(new PRelu(), n, c, h, w);
    agrees(new PRelu(c), n, c, h, w);
  }

  @ParameterizedTest
  @CsvSource({"1,1", "3,7", "4,12", "1,63", "3,64", "200,65", "3,1000"})
  void agreesWithTheTwinOnFeatures(int n, int features) {
    agrees(new PRelu(), n, features);
    agrees(new PRelu(features), n, features);
  }

  @Test
  void oneWeightTakesAnyShape() {
    agrees(new PRelu(), 2, 3, 4);
    agrees(new PRelu(), 2, 3, 4, 5, 6);
  }

  private void agrees(PRelu layer, long... dims) {
    Values v = Values.floats(Values.seedOf(layer + Arrays.toString(dims)));
    NdArray x = v.array(dims);
    NdArray w = v.array(layer.numParameters());
    NdArray gy = v.array(dims);
    String what = " of " + layer + " on " + x.shape() + ", " + v;
    Tensor tx = Values.tensor(arena, x);
    Tensor tw = Values.tensor(arena, w);
    Tensor tgy = Values.tensor(arena, gy);
    Passes p = new Passes(layer);
    Tensor y = p.run("prelu", () -> Eager.of(layer).forward(tx, tw));
    Compare.close("output" + what, y, PReluReference.forward(layer, x, w), 0);
    PReluPass.Backward got = p.run("prelu", () -> Eager.of(layer).backward(tx, tw, tgy));
    NormGradients wanted = PReluReference.backward(layer, x, w, gy);
    Compare.close("grad_input" + what, got.input(), wanted.input(), 0);
    Compare.close("grad_weight" + what, got.weight(), wanted.weight(), 1);
  }

  @Test
  void startsAsItsInit() {
    assertThat(new PRelu()).isEqualTo(new PRelu(1, 0.25f));
    assertThat(new PRelu(3, -1).parameters(Shape.of(3, 2, 2)).get(0).constant()).isEqualTo(-1);
  }

  @Test
  void nanStays() {
    Tensor x = arena.tensor(Shape.of(1, 3), Float.NaN, -1, 2);
    Tensor y = Eager.of(new PRelu()).forward(x, arena.tensor(Shape.of(1), 0.5f));
    assertThat(y.toArray()).containsExactly(Float.NaN, -0.5f, 2);
  }

  @Test
  void emptyBatchGivesEmptyResults() {
    for (PRelu layer : new PRelu[] {new PRelu(), new PRelu(3)}) {
      Tensor x = tensor(0, 3, 5, 7);
      Tensor w = tensor(layer.numParameters());
      assertThat(Eager.of(layer).forward(x, w).shape()).isEqualTo(x.shape());
      assertThat(Eager.of(layer).backward(x, w, x).weight().toArray()).containsOnly(0);
    }
  }

  @TestFactory
  Stream<DynamicTest> refusals() {
    PRelu one = new PRelu();
    PRelu three = new PRelu(3);
    Tensor x = tensor(2, 3, 4, 5);
    Tensor w = tensor(3);
    return Stream.of(
            argument("prelu", () -> new PRelu(0), "num_parameters 0"),
            argument("prelu", () -> new PRelu(1, Float.NaN), "init NaN"),
            argument("prelu", () -> Eager.of(one).forward(null, w), "input", "null"),
            argument("prelu", () -> Eager.of(three).forward(x, null), "weight", "null"),
            argument("prelu", () -> Eager.of(three).backward(x, w, null), "grad_output", "null"),
            shape("prelu", () -> Eager.of(one).forward(tensor(3), tensor(1)), "batch axis"),
            shape("prelu", () -> Eager.of(one).forward(x, w), "weight 3", "must have shape 1"),
            shape(
                "prelu",
                () -> Eager.of(new PRelu(4)).forward(x, tensor(4)),
                "num_parameters 4",
                "3x4x5"),
            shape(
                "prelu", () -> Eager.of(three).forward(tensor(2, 3, 4), w), "input 3x4", "height"),
            shape("prelu", () -> three.outputShape(Shape.of(4)), "num_parameters 3", "input 4"),
            shape("prelu", () -> Eager.of(three).backward(x, w, w), "grad_output 3", "2x3x4x5"))
        .map(Refusal::test);
  }
}
