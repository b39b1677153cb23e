package dev.quern.reference;

import static dev.quern.reference.TestArrays.apart;
import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.ShapeException;
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
import dev.quern.reference.layer.activation.ActivationReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ActivationReferenceTest {
  private static final Gelu GELU_TANH = new Gelu(Gelu.Approximate.TANH);

  static Stream<Activation> all() {
    List<Activation> listed =
        Stream.of(listed(), ofPositive(), Stream.of(new FakeQuantize(1, 0, -8, 7)))
            .<Activation>flatMap(s -> s)
            .toList();
    return Stream.concat(listed(), AnyLayer.others(listed).stream());
  }

  private static Stream<Activation> listed() {
    return Stream.of(
        new Relu6(),
        new LeakyRelu(),
        new LeakyRelu(-0.5f),
        new Elu(),
        new Elu(0.3f),
        new Elu(-0.5f),
        new Selu(),
        new Gelu(),
        GELU_TANH,
        new Silu(),
        new Mish(),
        new Hardswish(),
        new Hardsigmoid(),
        new Sigmoid(),
        new Tanh(),
        new Softplus(),
        new Softplus(2, 1.51f),
        new Abs(),
        new Affine(-2, 0.5f),
        new Ceil(),
        new Celu(),
        new Celu(0.3f),
        new Clamp(-1.98f, 1.02f),
        new Erf(),
        new Exp(),
        new Floor(),
        new Power(2),
        new Power(3),
        new Round(),
        new Sign(),
        new Softsign());
  }

  /** Whose inputs are positive. */
  static Stream<Activation> ofPositive() {
    return Stream.of(
        new Log(), new Power(-1), new Power(3.5f), new Power(0.5f), new Reciprocal(), new Sqrt());
  }

  private static double value(Activation layer, double x) {
    return ActivationReference.forward(layer, NdArray.of(Shape.of(1), x)).get(0);
  }

  private static double slope(Activation layer, double x) {
    NdArray one = NdArray.of(Shape.of(1), 1);
    return ActivationReference.backward(layer, NdArray.of(Shape.of(1), x), one).get(0);
  }

  /** To the digits that the functions are tabulated with. */
  @Test
  void valuesAreTheTabulatedOnes() {
    assertThat(value(new Sigmoid(), 1)).isCloseTo(0.7310585786300049, within(1e-15));
    assertThat(value(new Silu(), -1)).isCloseTo(-0.2689414213699951, within(1e-15));
    assertThat(value(new Gelu(), 1)).isCloseTo(0.8413447460685429, within(1e-15));
    assertThat(value(new Gelu(), -4)).isCloseTo(-4 * 3.167124183311992e-5, within(1e-16));
    assertThat(value(new Gelu(), -10)).isCloseTo(-10 * 7.619853024160526e-24, within(1e-36));
    assertThat(value(GELU_TANH, 1)).isCloseTo(0.8411919906082768, within(1e-15));
    assertThat(value(new Mish(), 1)).isCloseTo(0.8650983882673103, within(1e-15));
    assertThat(value(new Softplus(), 0)).isCloseTo(Math.log(2), within(1e-15));
    assertThat(value(new Elu(2), -1)).isCloseTo(2 * (Math.exp(-1) - 1), within(1e-15));
    assertThat(value(new Selu(), 1)).isCloseTo(1.0507009873554805, within(1e-15));
    assertThat(value(new Selu(), -1)).isCloseTo(-1.1113307378125625, within(1e-15));
    assertThat(value(new Hardswish(), 1)).isCloseTo(2.0 / 3, within(1e-15));
    assertThat(value(new LeakyRelu(0.25f), -2)).isEqualTo(-0.5);
    assertThat(value(new Erf(), 0.5)).isCloseTo(0.5204998778130465, within(1e-15));
    assertThat(value(new Erf(), -2)).isCloseTo(-0.9953222650189527, within(1e-15));
    assertThat(value(new Celu(2), -1)).isCloseTo(2 * (Math.exp(-0.5) - 1), within(1e-15));
    assertThat(value(new Softsign(), -3)).isEqualTo(-0.75);
    assertThat(value(new FakeQuantize(0.5f, -2, -8, 7), 1.2)).isEqualTo(1);
    assertThat(value(new FakeQuantize(0.5f, -2, -8, 7), 1.25)).isEqualTo(1);
    assertThat(value(new FakeQuantize(0.5f, -2, -8, 7), 99)).isEqualTo(4.5);
    assertThat(value(new FakeQuantize(0.5f, -2, -8, 7), -99)).isEqualTo(-3);
    assertThat(value(new Power(0), Double.NaN)).isOne();
    assertThat(value(new Clamp(2, 1), 0)).isOne();
  }

  @Test
  void kinksTakeTheSideThatPyTorchTakes() {
    assertThat(slope(new Relu6(), 0)).isZero();
    assertThat(slope(new Relu6(), 6)).isZero();
    assertThat(slope(new LeakyRelu(0.25f), 0)).isEqualTo(0.25);
    assertThat(slope(new Elu(2), 0)).isEqualTo(2);
    assertThat(slope(new Selu(), 0)).isCloseTo(1.7580993408473766, within(1e-15));
    assertThat(slope(new Hardswish(), -3)).isEqualTo(-0.5);
    assertThat(slope(new Hardswish(), 3)).isEqualTo(1.5);
    assertThat(slope(new Hardsigmoid(), -3)).isZero();
    assertThat(slope(new Hardsigmoid(), 3)).isZero();
    assertThat(slope(new Abs(), 0)).isZero();
    assertThat(slope(new Clamp(-1, 1), 1)).isOne();
    assertThat(slope(new Clamp(-1, 1), -1)).isOne();
    assertThat(slope(new Power(0), 0)).isZero();
    assertThat(slope(new Sign(), 0)).isZero();
    assertThat(slope(new Celu(0.5f), 0)).isOne();
    assertThat(slope(new FakeQuantize(1, 0, -1, 1), 1.6)).isZero();
    assertThat(slope(new FakeQuantize(1, 0, -1, 1), 0.4)).isOne();
    assertThat(slope(new Softplus(), 20)).isLessThan(1);
    assertThat(slope(new Softplus(), 20.1)).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource({"all", "ofPositive"})
  void nanStaysNan(Activation layer) {
    assertThat(value(layer, Double.NaN)).isNaN();
  }

  /** Values 0.05 apart up to 6.3, moved so that they lie beside the kinks at -3, 0, 3 and 6. */
  @ParameterizedTest
  @MethodSource("all")
  void gradientMatchesFiniteDifferences(Activation layer) {
    NdArray x = apart(1, Shape.of(3, 7, 4, 3));
    for (int i = 0; i < x.size(); i++) {
      x.add(i, 0.01);
    }
    assertGradient(layer, x);
  }

  @ParameterizedTest
  @MethodSource("ofPositive")
  void gradientAbove0MatchesFiniteDifferences(Activation layer) {
    NdArray x = random(1, Shape.of(3, 7, 4, 3));
    for (int i = 0; i < x.size(); i++) {
      x.set(i, Math.abs(x.get(i)) + 0.5);
    }
    assertGradient(layer, x);
  }

  private static void assertGradient(Activation layer, NdArray x) {
    NdArray gradOutput = random(2, x.shape());
    assertClose(
        "input",
        ActivationReference.backward(layer, x, gradOutput),
        CentralDifference.gradient(
            x, 1e-5, () -> dot(ActivationReference.forward(layer, x), gradOutput)),
        1e-8);
  }

  @Test
  void refusesAGradientOfAnotherShape() {
    NdArray x = new NdArray(Shape.of(4));
    assertThatThrownBy(() -> ActivationReference.backward(new Silu(), x, new NdArray(Shape.of(3))))
        .isInstanceOf(ShapeException.class)
        .hasMessage("silu: grad_output 3 must be 4");
  }
}
