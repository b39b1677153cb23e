package dev.quern.reference.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.quern.error.ShapeException;
import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;
import org.junit.jupiter.api.Test;

class GradientSumsTest {
  private final GradientSums sums = new GradientSums();

  @Test
  void addsTheSharesOfSeveralReaders() {
    NdArray share = NdArray.of(Shape.of(2), 1, 2);
    sums.add("conv1", share);
    sums.add("conv1", NdArray.of(Shape.of(2), 10, 20));
    sums.add("relu1", NdArray.of(Shape.of(1), 5));
    assertThat(sums.get("conv1").values()).containsExactly(11, 22);
    assertThat(sums.get("relu1").values()).containsExactly(5);
    assertThat(share.values()).as("the caller's array").containsExactly(1, 2);
  }

  @Test
  void knowsNothingOfOtherNodes() {
    assertThat(sums.get("conv1")).isNull();
  }

  @Test
  void refusesSharesOfDifferentShapes() {
    sums.add("conv1", new NdArray(Shape.of(2)));
    assertThatThrownBy(() -> sums.add("conv1", new NdArray(Shape.of(3))))
        .isInstanceOf(ShapeException.class);
  }
}
