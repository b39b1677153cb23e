package dev.quern.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import dev.quern.eager.Eager;
import dev.quern.fixtures.AnyLayer;
import dev.quern.layer.activation.Abs;
import dev.quern.layer.activation.Activation;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.activation.Ceil;
import dev.quern.layer.activation.Celu;
import dev.quern.layer.activation.Clamp;
import dev.quern.layer.activation.Elu;
import dev.quern.layer.activation.Erf;
import dev.quern.layer.activation.Exp;
import dev.quern.layer.activation.FakeQuantize;
import dev.quern.layer.activation.Floor;
import dev.quern.layer.activation.Gelu;
import dev.quern.layer.activation.Hardsigmoid;
import dev.quern.layer.activation.Hardswish;
import dev.quern.layer.activation.LeakyRelu;
import dev.quern.layer.activation.Log;
import dev.quern.layer.activation.Mish;
import dev.quern.layer.activation.Power;
import dev.quern.layer.activation.Reciprocal;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.activation.Round;
import dev.quern.layer.activation.Selu;
import dev.quern.layer.activation.Sigmoid;
import dev.quern.layer.activation.Sign;
import dev.quern.layer.activation.Silu;
import dev.quern.layer.activation.Softplus;
import dev.quern.layer.activation.Softsign;
import dev.quern.layer.activation.Sqrt;
import dev.quern.layer.activation.Tanh;
import dev.quern.reference.NdArray;
import dev.quern.reference.layer.activation.ActivationReference;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The activations against their twins. */
class ActivationTest {
  private static final float INF = Float.POSITIVE_INFINITY;

  static List<Activation> layers() {
    List<Activation> listed = Stream.of(curves(), functions()).flatMap(List::stream).toList();
    return Stream.of(listed, AnyLayer.others(listed)).flatMap(List::stream).toList();
  }

  /** Those between layers with weights. */
  static List<Activation> curves() {
    return List.of(
        new Relu6(),
        new LeakyRelu(),
        new LeakyRelu(0),
        new LeakyRelu(-0.25f),
        new Elu(),
        new Elu(0),
        new Elu(1.5f),
        new Elu(-0.5f),
        new Selu(),
        new Gelu(),
        new Gelu(Gelu.Approximate.TANH),
        new Silu(),
        new Mish(),
        new Hardswish(),
        new Hardsigmoid(),
        new Sigmoid(),
        new Tanh(),
        new Softplus(),
        new Softplus(3, 2));
  }

  /** Those of arithmetic. */
  private static List<Activation> functions() {
    return List.of(
        new Abs(),
        new Affine(-1.5f, 0.3f),
        new Ceil(),
        new Celu(),
        new Celu(0.4f),
        new Clamp(-0.5f, 3),
        new Clamp(Float.NEGATIVE_INFINITY, 2),
        new Clamp(0.25f, INF),
        new Clamp(2, 1),
        new Erf(),
        new Exp(),
        new FakeQuantize(0.125f, 3, -128, 127),
        new Floor(),
        new Log(),
        new Power(2),
        new Power(3),
        new Power(0.5f),
        new Power(-1),
        new Power(2.5f),
        new Power(-0.3f),
        new Power(5),
        new Reciprocal(),
        new Round(),
        new Sign(),
        new Softsign(),
        new Sqrt());
  }

  /** Around the widths of vectors, the kernels' blocks and the pieces that threads get. */
  @TestFactory
  Stream<DynamicTest> shapes() {
    List<Shape> shapes =
        List.of(
            Shape.of(),
            Shape.of(0),
            Shape.of(1),
            Shape.of(7),
            Shape.of(17),
            Shape.of(63),
            Shape.of(64, 1),
            Shape.of(65),
            Shape.of(0, 3, 2, 2),
            Shape.of(2, 3, 5, 7),
            Shape.of(16385),
            Suite.FULL ? Shape.of(3, 13, 31, 37) : Shape.of(3, 1, 1, 37));
    return layers().stream()
        .flatMap(l -> shapes.stream().map(s -> dynamicTest(l + " of " + s, () -> check(l, s))));
  }

  private static void check(Activation layer, Shape shape) {
    for (float spread : new float[] {1, 8, 80}) {
      Values v = Values.floats(Values.seedOf(shape));
      NdArray x = v.array(shape);
      for (int i = 0; i < x.size(); i++) {
        x.set(i, (float) (x.get(i) * spread));
      }
      check(layer, x, v.array(shape), v + ", spread " + spread);
    }
  }

  /** Gradients usually have the magnitude of the output's. */
  private static void check(Activation layer, NdArray x, NdArray gy, String what) {
    String name = layer + " of " + x.shape() + ", " + what;
    Passes p = new Passes();
    String operator = layer.function();
    String row = isListed(layer) ? layer.type() : null;
    try (Arena a = new Arena()) {
      Tensor tx = Values.tensor(a, x);
      Tensor y = p.run(operator, row, () -> Eager.of(layer).forward(tx));
      Compare.close("output of " + name, y, floats(ActivationReference.forward(layer, x)), 0.1);
      Tensor gx = p.run(operator, row, () -> Eager.of(layer).backward(tx, Values.tensor(a, gy)));
      NdArray wanted = floats(ActivationReference.backward(layer, x, gy));
      Compare.close("grad_input of " + name, gx, wanted, 0.1);
    }
  }

  /** Whether the table of operators has a row of the function; drawn ones have none. */
  private static boolean isListed(Activation layer) {
    return Stream.of(curves(), functions())
        .flatMap(List::stream)
        .anyMatch(l -> l.getClass() == layer.getClass());
  }

  /** What no float holds is infinite. */
  private static NdArray floats(NdArray array) {
    for (int i = 0; i < array.size(); i++) {
      array.set(i, (float) array.get(i));
    }
    return array;
  }

  /** Kinks, where the gradient is a choice, and their neighbors. */
  @ParameterizedTest
  @MethodSource("layers")
  void kinksAreTheTwins(Activation layer) {
    for (float kink : new float[] {-3, -0.5f, 0, 0.5f, 1, 2.5f, 3, 6, 20}) {
      NdArray x =
          NdArray.of(Shape.of(3), new float[] {Math.nextDown(kink), kink, Math.nextUp(kink)});
      check(layer, x, NdArray.of(Shape.of(3), 1, 1, 1), "at " + kink);
    }
    check(layer, NdArray.of(Shape.of(1), -0.0), NdArray.of(Shape.of(1), 1), "at -0");
  }

  /** Exact, whatever the rest of the range needs. */
  @Test
  void fewExponentsNeedNoLogarithm() {
    float[] x = {1.1f, 3, 0.7f, 1e-3f, 123.25f};
    try (Arena a = new Arena()) {
      Tensor t = a.tensor(Shape.of(x.length), x);
      float[] squares = Eager.of(new Power(2)).forward(t).toArray();
      float[] roots = Eager.of(new Power(0.5f)).forward(t).toArray();
      float[] ones = Eager.of(new Power(0)).forward(t).toArray();
      float[] same = Eager.of(new Power(1)).forward(t).toArray();
      for (int i = 0; i < x.length; i++) {
        assertThat(squares[i]).isEqualTo(x[i] * x[i]);
        assertThat(roots[i]).isEqualTo((float) Math.sqrt(x[i]));
        assertThat(ones[i]).isOne();
        assertThat(same[i]).isEqualTo(x[i]);
      }
    }
  }

  /** Halves go to the even number. */
  @Test
  void roundsAndQuantizesHalvesToEven() {
    float[] x = {-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 8388609, 3e9f};
    try (Arena a = new Arena()) {
      Tensor t = a.tensor(Shape.of(x.length), x);
      assertThat(Eager.of(new Round()).forward(t).toArray())
          .containsExactly(-2, -2, -0f, 0, 2, 2, 8388609, 3e9f);
      assertThat(Eager.of(new FakeQuantize(1, 2, 0, 4)).forward(t).toArray())
          .containsExactly(-2, -2, -0f, 0, 2, 2, 2, 2);
      assertThat(Eager.of(new FakeQuantize(1, 2, 0, 4)).backward(t, t).toArray())
          .containsExactly(-2.5f, -1.5f, -0.5f, 0.5f, 1.5f, 2.5f, 0, 0);
    }
  }

  /** One at a time, so that the scale of the comparison is each one's own. */
  @ParameterizedTest
  @MethodSource("layers")
  void extremeInputsAreTheTwins(Activation layer) {
    float[] inputs = {
      1e4f,
      -1e4f,
      1e18f,
      -1e18f,
      3e38f,
      -3e38f,
      INF,
      -INF,
      89,
      -89,
      104,
      -104,
      Float.MIN_VALUE,
      -Float.MIN_VALUE,
      Float.MIN_NORMAL,
      -Float.MIN_NORMAL,
      1e-20f,
      -1e-20f
    };
    for (float input : inputs) {
      NdArray x = NdArray.of(Shape.of(1), input);
      NdArray output = floats(ActivationReference.forward(layer, x));
      try (Arena a = new Arena()) {
        Tensor t = Values.tensor(a, x);
        Compare.relative(layer + " of " + input, Eager.of(layer).forward(t), output, 1e-5);
        Tensor gx = Eager.of(layer).backward(t, a.tensor(Shape.of(1), 1));
        NdArray one = NdArray.of(Shape.of(1), 1);
        NdArray wanted = floats(ActivationReference.backward(layer, x, one));
        Compare.close("slope of " + layer + " at " + input, gx, wanted, 0.1);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("layers")
  void nanStaysNanAtEveryPlaceAndItsNeighboursStayNumbers(Activation layer) {
    for (int n : new int[] {1, 5, 67}) {
      for (int at = 0; at < n; at++) {
        NdArray x = Values.floats(at).array(n);
        x.set(at, Double.NaN);
        check(layer, x, Values.floats(at + 1).array(n), "NaN at " + at);
        try (Arena a = new Arena()) {
          assertThat(Eager.of(layer).forward(Values.tensor(a, x)).toArray()[at]).isNaN();
        }
      }
    }
  }

  /** An element's bits do not depend on where it stands nor on what stands beside it. */
  @ParameterizedTest
  @MethodSource("layers")
  void sameBitsAtEveryPlace(Activation layer) {
    float[] x = Values.floats(7).array(200).toFloats();
    float[] gy = Values.floats(8).array(200).toFloats();
    for (int i = 0; i < x.length; i++) {
      x[i] *= 9;
    }
    float[][] all = passes(layer, x, gy);
    for (int from = 0; from < 70; from++) {
      float[][] part =
          passes(
              layer, Arrays.copyOfRange(x, from, x.length), Arrays.copyOfRange(gy, from, x.length));
      for (int pass = 0; pass < 2; pass++) {
        assertThat(part[pass]).isEqualTo(Arrays.copyOfRange(all[pass], from, x.length));
      }
    }
  }

  private static float[][] passes(Activation layer, float[] x, float[] gy) {
    try (Arena a = new Arena()) {
      Tensor tx = a.tensor(Shape.of(x.length), x);
      Tensor tgy = a.tensor(Shape.of(x.length), gy);
      return new float[][] {
        Eager.of(layer).forward(tx).toArray(), Eager.of(layer).backward(tx, tgy).toArray()
      };
    }
  }
}
