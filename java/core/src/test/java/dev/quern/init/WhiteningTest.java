package dev.quern.init;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.eager.Eager;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.Conv2d;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WhiteningTest {
  /** Images whose channels and neighboring pixels hang together. */
  private static Dataset images(int count, int channels, int height, int width) {
    Random random = new Random(5);
    byte[] pixels = new byte[count * channels * height * width];
    double level = 128;
    for (int i = 0; i < pixels.length; i++) {
      level += 0.3 * (128 - level) + 60 * random.nextGaussian();
      pixels[i] = (byte) Math.max(0, Math.min(255, level));
    }
    return Dataset.of(
        "smooth", Shape.of(channels, height, width), List.of("a"), pixels, new int[count]);
  }

  /** The convolution's output over a data set, by filter. */
  private static float[][] outputs(Dataset data, Normalization n, float[] weights) {
    int channels = n.channels();
    int filters = Whitening.filters(channels);
    Conv2d conv = new Conv2d(filters, Whitening.KERNEL).bias(false);
    Shape image = data.shape();
    int plane = (int) ((image.dim(1) - 1) * (image.dim(2) - 1));
    float[] pixels = new float[data.size() * (int) data.shape().elements()];
    for (int i = 0; i < pixels.length; i++) {
      int p =
          data.image(i / (int) data.shape().elements())[i % (int) data.shape().elements()] & 0xff;
      int c = (int) (i / (image.dim(1) * image.dim(2)) % channels);
      pixels[i] = (p / 255f - n.mean()[c]) / n.std()[c];
    }
    float[][] of = new float[filters][data.size() * plane];
    try (Arena arena = new Arena()) {
      Tensor x = arena.tensor(image.batch(data.size())).copyFrom(pixels);
      Tensor w = arena.tensor(conv.weightShape(channels)).copyFrom(weights);
      float[] y = Eager.of(conv).forward(x, w, null).toArray();
      for (int i = 0; i < y.length; i++) {
        of[i / plane % filters][i / plane / filters * plane + i % plane] = y[i];
      }
    }
    return of;
  }

  private static double covariance(float[] a, float[] b) {
    double meanA = 0;
    double meanB = 0;
    double products = 0;
    for (int i = 0; i < a.length; i++) {
      meanA += a[i];
      meanB += b[i];
      products += (double) a[i] * b[i];
    }
    return products / a.length - meanA / a.length * (meanB / a.length);
  }

  @Test
  void whitenedPatchesHaveCovarianceOne() {
    for (int channels : new int[] {1, 3}) {
      Dataset data = images(20, channels, 9, 12);
      Normalization n = data.normalization();
      float[] weights = Whitening.weights("w", data, n).get("w");
      float[][] y = outputs(data, n, weights);
      int half = y.length / 2;
      assertThat(half).isEqualTo(4 * channels);
      for (int i = 0; i < half; i++) {
        for (int j = 0; j < half; j++) {
          assertThat(covariance(y[i], y[j])).isCloseTo(i == j ? 1 : 0, within(0.01));
        }
        assertThat(covariance(y[i], y[half + i])).isCloseTo(-1, within(0.01));
      }
    }
  }

  @Test
  void sameDataSameBits() {
    Dataset data = images(3, 3, 5, 5);
    Normalization n = data.normalization();
    Map<String, float[]> first = Whitening.weights("whiten.weight", data, n);
    assertThat(first).containsOnlyKeys("whiten.weight");
    assertThat(Whitening.weights("whiten.weight", images(3, 3, 5, 5), n).get("whiten.weight"))
        .isEqualTo(first.get("whiten.weight"));
  }

  @Test
  void imagesThatAreAllTheSameStayFinite() {
    Dataset grey = Dataset.of("grey", Shape.of(1, 4, 4), List.of("a"), new byte[32], new int[2]);
    float[] w = Whitening.weights("w", grey, Normalization.unit(1)).get("w");
    assertThat(w).hasSize(32);
    for (float x : w) {
      assertThat(Math.abs(x)).isLessThan(50);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    Dataset data = images(2, 3, 4, 4);
    Normalization n = data.normalization();
    assertThatThrownBy(() -> Whitening.weights("w", data, Normalization.unit(1)))
        .isInstanceOf(ShapeException.class)
        .hasMessageContaining("normalization");
    assertThatThrownBy(() -> Whitening.weights("w", data.slice(0, 0), n))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("whitening: data set smooth is empty");
    assertThatThrownBy(() -> Whitening.weights("w", images(2, 3, 1, 9), n))
        .isInstanceOf(ShapeException.class)
        .hasMessage("whitening: images of 3x1x9 are smaller than a filter, 2x2");
    assertThatThrownBy(() -> Whitening.weights(null, data, n))
        .hasMessage("whitening: parameter is null");
  }

  @Test
  void eigenvectorsRebuildTheMatrix() {
    Random random = new Random(2);
    for (int size : new int[] {1, 2, 3, 12, 27}) {
      double[][] a = new double[size][size];
      for (int i = 0; i < size; i++) {
        for (int j = 0; j <= i; j++) {
          a[i][j] = random.nextGaussian();
          a[j][i] = a[i][j];
        }
      }
      SymmetricEigen e = SymmetricEigen.of(a);
      for (int i = 0; i < size; i++) {
        assertThat(i == 0 || e.values()[i] <= e.values()[i - 1]).isTrue();
        for (int j = 0; j < size; j++) {
          double rebuilt = 0;
          double product = 0;
          for (int k = 0; k < size; k++) {
            rebuilt += e.values()[k] * e.vectors()[k][i] * e.vectors()[k][j];
            product += e.vectors()[i][k] * e.vectors()[j][k];
          }
          assertThat(rebuilt).isCloseTo(a[i][j], within(1e-12));
          assertThat(product).isCloseTo(i == j ? 1 : 0, within(1e-12));
        }
      }
    }
  }
}
