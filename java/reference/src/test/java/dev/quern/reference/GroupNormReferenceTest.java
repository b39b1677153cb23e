package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.layer.GroupNorm;
import dev.quern.reference.layer.GroupNormReference;
import dev.quern.reference.layer.NormGradients;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import java.util.function.DoubleSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class GroupNormReferenceTest {
  @Test
  void normalisesEachGroupOfEachSample() {
    // groups {1, 3}, {5, 9} of the first sample, {0, 4}, {7, 7} of the second
    NdArray input = NdArray.of(Shape.of(2, 4), 1, 3, 5, 9, 0, 4, 7, 7);
    NdArray output = GroupNormReference.forward(new GroupNorm(2, 0, false), input, null, null);
    assertThat(output.values()).startsWith(-1, 1, -1, 1, -1, 1);
    GroupNorm layer = new GroupNorm(2);
    NdArray weight = NdArray.of(Shape.of(4), 1, 2, 3, 4);
    NdArray bias = NdArray.of(Shape.of(4), 5, 6, 7, 8);
    assertThat(GroupNormReference.forward(layer, input, weight, bias).values())
        .containsExactly(new double[] {4, 8, 4, 12, 4, 8, 7, 8}, within(1e-4));
  }

  @Test
  void weightsGoByChannel() {
    NdArray input = NdArray.of(Shape.of(1, 2, 1, 2), 1, -1, 1, -1);
    NdArray weight = NdArray.of(Shape.of(2), 2, 3);
    NdArray bias = NdArray.of(Shape.of(2), 0, 10);
    assertThat(GroupNormReference.forward(new GroupNorm(1, 0, true), input, weight, bias).values())
        .containsExactly(2, -2, 13, 7);
  }

  static Stream<Shape> shapes() {
    return Stream.of(Shape.of(3, 6), Shape.of(2, 6, 2, 3), Shape.of(1, 6, 1, 1));
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void gradientsMatchFiniteDifferences(Shape shape) {
    NdArray input = random(1, shape);
    NdArray gradOutput = random(2, shape);
    NdArray weight = random(3, Shape.of(6));
    NdArray bias = random(4, Shape.of(6));
    for (int groups : new int[] {1, 2, 3}) {
      GroupNorm layer = new GroupNorm(groups, 0.1f, true);
      NormGradients got = GroupNormReference.backward(layer, input, weight, gradOutput);
      DoubleSupplier loss =
          () -> dot(GroupNormReference.forward(layer, input, weight, bias), gradOutput);
      assertClose("input", got.input(), CentralDifference.gradient(input, 1e-5, loss), 1e-8);
      assertClose("weight", got.weight(), CentralDifference.gradient(weight, 1e-5, loss), 1e-8);
      assertClose("bias", got.bias(), CentralDifference.gradient(bias, 1e-5, loss), 1e-8);
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    NdArray input = new NdArray(Shape.of(1, 6));
    assertThatThrownBy(
            () -> GroupNormReference.forward(new GroupNorm(4, 1e-5f, false), input, null, null))
        .isInstanceOf(ShapeException.class)
        .hasMessage("group_norm: the 6 channels of input 6 must be a multiple of num_groups 4");
    assertThatThrownBy(
            () -> GroupNormReference.forward(new GroupNorm(2, 1e-5f, false), input, input, null))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("group_norm: weight 1x6 given");
    assertThatThrownBy(() -> GroupNormReference.backward(new GroupNorm(2), input, null, input))
        .isInstanceOf(InvalidArgumentException.class)
        .hasMessageStartingWith("group_norm: weight is missing");
  }
}
