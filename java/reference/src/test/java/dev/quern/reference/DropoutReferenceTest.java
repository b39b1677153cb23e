package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.StochasticDepth;
import dev.quern.network.Network;
import dev.quern.reference.layer.DropoutReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.reference.network.ReferenceNetwork;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DropoutReferenceTest {
  private static NdArray ones(long... dims) {
    NdArray x = new NdArray(Shape.of(dims));
    Arrays.fill(x.values(), 1);
    return x;
  }

  /** Within four standard deviations of what is expected. */
  @ParameterizedTest
  @ValueSource(floats = {0.1f, 0.5f, 0.9f})
  void dropsAtItsRateAndKeepsTheMean(float p) {
    int n = 100_000;
    double[] y = DropoutReference.forward(new Dropout(p), ones(10, n / 10), 5, 3).values();
    double fallen = Arrays.stream(y).filter(v -> v == 0).count() / (double) n;
    assertThat(fallen).isBetween(p - 4 * deviation(p, n), p + 4 * deviation(p, n));
    double mean = Arrays.stream(y).sum() / n;
    double wide = 4 * deviation(p, n) / (1 - p);
    assertThat(mean).isBetween(1 - wide, 1 + wide);
    assertThat(y).containsOnly(0, 1 / (1 - (double) p));
  }

  private static double deviation(double p, int n) {
    return Math.sqrt(p * (1 - p) / n);
  }

  @Test
  void wholeChannelsFallTogether() {
    NdArray y = DropoutReference.forward(new Dropout2d(), ones(20, 30, 3, 5), 5, 3);
    int fallen = 0;
    for (int i = 0; i < y.size(); i += 15) {
      double first = y.get(i);
      assertThat(Arrays.copyOfRange(y.values(), i, i + 15)).containsOnly(first);
      fallen += first == 0 ? 1 : 0;
    }
    assertThat(fallen).isBetween(300 - 4 * 13, 300 + 4 * 13);
  }

  @Test
  void wholeSamplesFallTogether() {
    NdArray y = DropoutReference.forward(new StochasticDepth(0.25f), ones(400, 2, 3), 5, 3);
    int fallen = 0;
    for (int i = 0; i < y.size(); i += 6) {
      double first = y.get(i);
      assertThat(Arrays.copyOfRange(y.values(), i, i + 6)).containsOnly(first);
      assertThat(first == 0 || first == 1 / 0.75).isTrue();
      fallen += first == 0 ? 1 : 0;
    }
    assertThat(fallen).isBetween(100 - 4 * 9, 100 + 4 * 9);
  }

  @Test
  void everySeedStepLayerAndSampleDrawsItsOwn() {
    NdArray x = ones(2, 200);
    double[] first = DropoutReference.forward(new Dropout(), x, 5, 3).values();
    assertThat(DropoutReference.forward(new Dropout(), x, 5, 3).values()).isEqualTo(first);
    assertThat(DropoutReference.forward(new Dropout(), x, 6, 3).values()).isNotEqualTo(first);
    assertThat(DropoutReference.forward(new Dropout(), x, 5, 4).values()).isNotEqualTo(first);
    assertThat(DropoutReference.forward(new Dropout(), x, 5, 3 + (1L << 32)).values())
        .isNotEqualTo(first);
    assertThat(
            DropoutReference.apply(
                    0.5, DropoutReference.Unit.ELEMENT, DropoutReference.key(5, 3, 1), x)
                .values())
        .isNotEqualTo(first);
    assertThat(Arrays.copyOf(first, 200)).isNotEqualTo(Arrays.copyOfRange(first, 200, 400));
  }

  @Test
  void extremesKeepOrDropAll() {
    NdArray x = NdArray.of(Shape.of(1, 3), -1, Double.NaN, 2);
    assertThat(DropoutReference.forward(new Dropout(1), x, 0, 0).values()).containsOnly(0);
    assertThat(DropoutReference.forward(new Dropout(0), x, 0, 0).values()).isEqualTo(x.values());
  }

  @Test
  void networksDropInTrainingOnlyAndTheirGradientsMatchDifferences() {
    Network network =
        Network.of("n", Shape.of(4, 3, 3), new Dropout2d(0.3f), new Dropout(), new Dropout());
    ReferenceNetwork reference = new ReferenceNetwork(network, Map.of());
    reference.random(9, 2);
    NdArray x = random(1, Shape.of(3, 4, 3, 3));
    assertThat(reference.forward(x, false).get("dropout2").values()).isEqualTo(x.values());
    Map<String, NdArray> activations = reference.forward(x, true);
    NdArray once = activations.get("dropout1");
    assertThat(once.values()).isNotEqualTo(activations.get("dropout2d1").values());
    assertThat(activations.get("dropout2").values())
        .isNotEqualTo(Arrays.stream(once.values()).map(v -> 2 * v).toArray());
    NdArray gradOutput = random(2, x.shape());
    assertClose(
        "input",
        reference.backward(activations, gradOutput, true).input(),
        CentralDifference.gradient(
            x, 1e-3, () -> dot(reference.forward(x, true).get("dropout2"), gradOutput)),
        1e-9);
  }
}
