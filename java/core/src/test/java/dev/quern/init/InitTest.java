package dev.quern.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.eager.Eager;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitTest {
  /** 48 outputs of 24 channels by 3x5: fan in 360, fan out 720. */
  private static final Shape CONV = Shape.of(48, 24, 3, 5);

  private static final Shape LINEAR = Shape.of(100, 300);

  private static double mean(float[] v) {
    double sum = 0;
    for (float x : v) {
      sum += x;
    }
    return sum / v.length;
  }

  /** The mean of (x - mean)^power. */
  private static double moment(float[] v, int power) {
    double mean = mean(v);
    double sum = 0;
    for (float x : v) {
      sum += Math.pow(x - mean, power);
    }
    return sum / v.length;
  }

  private static void isNormal(Init init, Shape shape, double mean, double std) {
    float[] v = init.values(shape, 7, 3);
    assertThat(v).hasSize((int) shape.elements());
    double error = 1 / Math.sqrt(v.length);
    assertThat(mean(v)).isCloseTo(mean, within(4 * std * error));
    assertThat(Math.sqrt(moment(v, 2)) / std).isCloseTo(1, within(4 * error));
    assertThat(moment(v, 3) / Math.pow(std, 3)).isCloseTo(0, within(4 * Math.sqrt(6) * error));
    assertThat(moment(v, 4) / Math.pow(std, 4)).isCloseTo(3, within(4 * Math.sqrt(96) * error));
  }

  private static void isUniform(Init init, Shape shape, double low, double high) {
    float[] v = init.values(shape, 7, 3);
    double width = high - low;
    double error = 1 / Math.sqrt(v.length);
    float least = Float.POSITIVE_INFINITY;
    float most = Float.NEGATIVE_INFINITY;
    for (float x : v) {
      least = Math.min(least, x);
      most = Math.max(most, x);
    }
    assertThat(least).isBetween((float) low, (float) (low + 12 * width / v.length));
    assertThat(most).isBetween((float) (high - 12 * width / v.length), (float) high);
    assertThat(mean(v)).isCloseTo((low + high) / 2, within(4 * width * error));
    assertThat(Math.sqrt(12 * moment(v, 2)) / width).isCloseTo(1, within(4 * error));
  }

  @Test
  void kaiming() {
    isNormal(Init.kaimingNormal(), CONV, 0, Math.sqrt(2.0 / 360));
    isNormal(Init.kaimingNormal(), LINEAR, 0, Math.sqrt(2.0 / 300));
    Init out = Init.kaimingNormal(0.5, FanMode.FAN_OUT, Nonlinearity.LEAKY_RELU);
    isNormal(out, CONV, 0, Math.sqrt(2 / 1.25 / 720));
    isNormal(out, LINEAR, 0, Math.sqrt(2 / 1.25 / 100));
    double bound = Math.sqrt(6.0 / 360);
    isUniform(Init.kaimingUniform(), CONV, -bound, bound);
    bound = 5.0 / 3 * Math.sqrt(3.0 / 720);
    isUniform(Init.kaimingUniform(9, FanMode.FAN_OUT, Nonlinearity.TANH), CONV, -bound, bound);
  }

  @Test
  void xavier() {
    isNormal(Init.xavierNormal(1), CONV, 0, Math.sqrt(2.0 / 1080));
    isNormal(Init.xavierNormal(2), LINEAR, 0, 2 * Math.sqrt(2.0 / 400));
    double bound = 3 * Math.sqrt(6.0 / 1080);
    isUniform(Init.xavierUniform(3), CONV, -bound, bound);
  }

  @Test
  void plainDistributions() {
    isNormal(Init.normal(-2, 0.25), CONV, -2, 0.25);
    isUniform(Init.uniform(1, 1.5), CONV, 1, 1.5);
    assertThat(Init.constant(0.5f).values(Shape.of(3), 1, 0)).containsExactly(0.5f, 0.5f, 0.5f);
    assertThat(Init.normal(2, 0).values(Shape.of(2), 1, 0)).containsExactly(2, 2);
    assertThat(Init.uniform(3, 3).values(Shape.of(2), 1, 0)).containsExactly(3, 3);
  }

  @Test
  void seedAndNumberDecide() {
    Init init = Init.kaimingNormal();
    assertThat(init.values(CONV, 7, 3))
        .isEqualTo(init.values(CONV, 7, 3))
        .isNotEqualTo(init.values(CONV, 8, 3))
        .isNotEqualTo(init.values(CONV, 7, 4));
  }

  @Test
  void gainsArePyTorchs() {
    assertThat(Nonlinearity.LINEAR.gain(0)).isEqualTo(1);
    assertThat(Nonlinearity.SIGMOID.gain(0)).isEqualTo(1);
    assertThat(Nonlinearity.TANH.gain(0)).isEqualTo(5.0 / 3);
    assertThat(Nonlinearity.RELU.gain(5)).isEqualTo(Math.sqrt(2));
    assertThat(Nonlinearity.LEAKY_RELU.gain(0.01)).isEqualTo(1.4141428569978354);
    assertThat(Nonlinearity.SELU.gain(0)).isEqualTo(0.75);
  }

  /** Out of in channels in groups: what fits is handed on as it is, the rest is 0. */
  @ParameterizedTest
  @CsvSource({"6,6,1,3", "9,4,1,5", "4,9,1,3", "6,6,3,3", "8,4,2,1"})
  void diracConvolvesToItsInput(int out, int in, int groups, int kernel) {
    Conv2d conv = new Conv2d(out, kernel).padding(kernel / 2).groups(groups).bias(false);
    try (Arena arena = new Arena()) {
      Tensor x = arena.tensor(Shape.of(2, in, 7, 5));
      float[] values = new float[(int) x.shape().elements()];
      Random random = new Random(1);
      for (int i = 0; i < values.length; i++) {
        values[i] = random.nextFloat() - 0.5f;
      }
      Shape shape = conv.weightShape(in);
      Tensor w = arena.tensor(shape).copyFrom(Init.dirac(groups).values(shape, 1, 0));
      float[] y = Eager.of(conv).forward(x.copyFrom(values), w, null).toArray();
      int outOfGroup = out / groups;
      int inOfGroup = in / groups;
      for (int i = 0; i < y.length; i++) {
        int c = i / 35 % out;
        int from = c / outOfGroup * inOfGroup + c % outOfGroup;
        boolean handedOn = c % outOfGroup < inOfGroup;
        float expected = handedOn ? values[(i / 35 / out * in + from) * 35 + i % 35] : 0;
        assertThat(y[i]).as("element %d", i).isEqualTo(expected);
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    Shape bias = Shape.of(8);
    for (Init init :
        new Init[] {Init.kaimingNormal(), Init.kaimingUniform(), Init.xavierNormal(1)}) {
      assertThatThrownBy(() -> init.values(bias, 1, 0))
          .isInstanceOf(ShapeException.class)
          .hasMessage("initialize: shape 8 must have at least 2 dimensions for fan-in and fan-out");
    }
    assertThatThrownBy(() -> Init.dirac().values(LINEAR, 1, 0))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("shape is 100x300");
    assertThatThrownBy(() -> Init.dirac(5).values(CONV, 1, 0)).isInstanceOf(ShapeException.class);
    assertThatThrownBy(() -> Init.dirac(0)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> Init.normal(0, -1)).hasMessageContaining("-1.0 must be at least 0");
    assertThatThrownBy(() -> Init.normal(Double.NaN, 1)).hasMessageContaining("mean NaN");
    assertThatThrownBy(() -> Init.uniform(1, 0)).hasMessageContaining("1.0 is above");
    assertThatThrownBy(() -> Init.constant(Float.NaN)).hasMessageContaining("NaN is not finite");
    assertThatThrownBy(() -> Init.xavierUniform(-1)).isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> Init.kaimingNormal(0, null, Nonlinearity.RELU))
        .hasMessage("initialize: fan mode is null");
  }
}
