package dev.quern.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PhiloxTest {
  /** The known answer of Random123 for counter 0 and key 0: 6627e8d5 e169c58d bc57ac4c 9b00dbd8. */
  @Test
  void agreesWithTheKnownAnswer() {
    assertThat(Philox.bits(0, Philox.Stream.INITIALIZE, 0, 0)).isEqualTo(0xe169c58d6627e8d5L);
  }

  @Test
  void permutationsArePermutationsAndDiffer() {
    int[] a = Philox.permutation(7, 1, 1000);
    assertThat(Arrays.stream(a).sorted().toArray()).isEqualTo(IntStream.range(0, 1000).toArray());
    assertThat(Philox.permutation(7, 1, 1000)).isEqualTo(a);
    assertThat(Philox.permutation(7, 2, 1000)).isNotEqualTo(a);
    assertThat(Philox.permutation(8, 1, 1000)).isNotEqualTo(a);
    assertThat(Philox.permutation(7, 1, 0)).isEmpty();
  }

  @Test
  void everyPlaceIsEquallyLikely() {
    int[] first = new int[4];
    for (int i = 0; i < 40_000; i++) {
      first[Philox.permutation(3, i, 4)[0]]++;
    }
    assertThat(Arrays.stream(first)).allMatch(n -> Math.abs(n - 10_000) < 400);
  }

  @Test
  void normalHasMeanZeroAndVarianceOne() {
    double sum = 0;
    double squares = 0;
    int n = 100_000;
    for (int i = 0; i < n; i++) {
      double v = Philox.normal(5, Philox.Stream.SYNTHETIC, 0, i);
      sum += v;
      squares += v * v;
    }
    assertThat(sum / n).isBetween(-0.02, 0.02);
    assertThat(squares / n).isBetween(0.97, 1.03);
  }
}
