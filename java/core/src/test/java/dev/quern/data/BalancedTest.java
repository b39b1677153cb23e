package dev.quern.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class BalancedTest {
  /** Sample i is the byte i; 12 of a, 5 of b, none of c, 1 of d. */
  private static Dataset data() {
    byte[] values = new byte[18];
    int[] labels = new int[18];
    for (int i = 0; i < values.length; i++) {
      values[i] = (byte) i;
      labels[i] = i < 12 ? 0 : i < 17 ? 1 : 3;
    }
    return Dataset.of("d", Shape.of(1), List.of("a", "b", "c", "d"), values, labels);
  }

  private static int[] samples(Dataset view) {
    int[] all = new int[view.size()];
    for (int i = 0; i < all.length; i++) {
      all[i] = view.image(i)[0];
    }
    return all;
  }

  private static int[] counts(Dataset view) {
    int[] counts = new int[18];
    for (int i : samples(view)) {
      counts[i]++;
    }
    return counts;
  }

  @Test
  void classesComeEquallyOften() {
    for (long seed = 0; seed < 20; seed++) {
      Dataset view = data().balanced(seed);
      int[] counts = counts(view);
      assertThat(view.size()).isEqualTo(36);
      assertThat(Arrays.copyOfRange(counts, 0, 12)).containsOnly(1);
      assertThat(Arrays.copyOfRange(counts, 12, 17)).containsOnly(2, 3);
      assertThat(Arrays.stream(counts, 12, 17).sum()).isEqualTo(12);
      assertThat(counts[17]).isEqualTo(12);
      for (int i = 0; i < 36; i++) {
        int sample = view.image(i)[0];
        assertThat(view.label(i)).isEqualTo(data().label(sample));
      }
    }
  }

  @Test
  void seedDecides() {
    assertThat(samples(data().balanced(1))).isEqualTo(samples(data().balanced(1)));
    assertThat(samples(data().balanced(1))).isNotEqualTo(samples(data().balanced(2)));
    assertThat(counts(data().balanced(1))).isNotEqualTo(counts(data().balanced(3)));
    assertThat(samples(data().slice(0, 12).balanced(1))).hasSize(12);
    assertThat(samples(data().slice(0, 0).balanced(1))).isEmpty();
  }

  @Test
  void weightsSayHowOften() {
    double[] weights = new double[18];
    for (int i = 0; i < 18; i++) {
      weights[i] = i; // 153 together
    }
    for (int size : new int[] {1, 7, 100, 153, 1000}) {
      for (long seed = 0; seed < 10; seed++) {
        int[] counts = counts(data().weighted(weights, size, seed));
        assertThat(Arrays.stream(counts).sum()).isEqualTo(size);
        for (int i = 0; i < 18; i++) {
          double wanted = (double) size * i / 153;
          assertThat(counts[i]).isBetween((int) wanted, (int) Math.ceil(wanted + 1e-9));
        }
      }
    }
    assertThat(samples(data().weighted(weights, 50, 1)))
        .isEqualTo(samples(data().weighted(weights, 50, 1)))
        .isNotEqualTo(samples(data().weighted(weights, 50, 2)));
  }

  @Test
  void whatIsNoWeightIsRefused() {
    Dataset data = data();
    double[] ones = new double[18];
    Arrays.fill(ones, 1);
    assertThatThrownBy(() -> data.weighted(new double[17], 1, 1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("17 weights for 18 samples");
    assertThatThrownBy(() -> data.weighted(ones, 0, 1))
        .hasMessageContaining("a view of size 0, expected one weight per sample");
    assertThatThrownBy(() -> data.weighted(new double[18], 1, 1))
        .hasMessageContaining("sum, found 0");
    assertThatThrownBy(() -> data.weighted(null, 1, 1)).hasMessageContaining("weights is null");
    for (double bad : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      double[] own = ones.clone();
      own[3] = bad;
      assertThatThrownBy(() -> data.weighted(own, 1, 1))
          .isInstanceOf(InvalidArgumentException.class);
    }
    assertThatThrownBy(() -> data.weighted(ones, Integer.MAX_VALUE, 1))
        .isInstanceOf(MemoryLimitException.class);
    assertThatThrownBy(() -> data.withSamplesAsTargets().balanced(1))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageContaining("it has targets, not labels");
  }

  @Test
  void sumsOfBytesGiveTheNormalization() {
    byte[] values = {0, 1, (byte) 255, 7, 9, (byte) 200, 3, 4};
    Dataset data = Dataset.of("d", Shape.of(2, 1, 2), List.of("a"), values, new int[2]);
    long[] sums = {0 + 1 + 9 + 200, 255 + 7 + 3 + 4};
    long[] squares = {1 + 81 + 40000, 65025 + 49 + 9 + 16};
    assertThat(Normalization.ofBytes(4, sums, squares)).isEqualTo(data.normalization());
    for (long count : new long[] {0, -1, Long.MIN_VALUE}) {
      assertThatThrownBy(() -> Normalization.ofBytes(count, sums, squares))
          .isInstanceOf(InvalidArgumentException.class)
          .hasMessage("normalization: count " + count + " must be at least 1");
    }
    assertThatThrownBy(() -> Normalization.ofBytes(1, sums, squares))
        .hasMessageContaining("do not match 1 bytes");
    assertThatThrownBy(() -> Normalization.ofBytes(4, squares, sums))
        .isInstanceOf(InvalidArgumentException.class);
    assertThatThrownBy(() -> Normalization.ofBytes(4, sums, new long[] {255 * sums[0] + 1, 0}))
        .hasMessageContaining("do not match 4 bytes");
    assertThatThrownBy(() -> Normalization.ofBytes(4, sums, new long[1]))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessage("normalization: expected 2 sums of squares, found 1");
    assertThatThrownBy(() -> Normalization.ofBytes(4, new long[0], new long[0]))
        .isInstanceOf(InvalidArgumentException.class);
  }
}
