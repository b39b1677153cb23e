package dev.quern.reference;

import static dev.quern.reference.TestArrays.assertClose;
import static dev.quern.reference.TestArrays.dot;
import static dev.quern.reference.TestArrays.random;
import static org.assertj.core.api.Assertions.assertThat;

import dev.quern.layer.math.Compare;
import dev.quern.reference.layer.math.AddReference;
import dev.quern.reference.layer.math.CompareReference;
import dev.quern.reference.layer.math.DivideReference;
import dev.quern.reference.layer.math.MaximumReference;
import dev.quern.reference.layer.math.MinimumReference;
import dev.quern.reference.layer.math.MultiplyReference;
import dev.quern.reference.layer.math.PowReference;
import dev.quern.reference.layer.math.SubtractReference;
import dev.quern.reference.layer.math.WhereReference;
import dev.quern.reference.network.CentralDifference;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Twins of values that meet: one of size 1 along an axis meets all of the other. */
class PairsTest {
  private static final Shape A = Shape.of(2, 3, 1, 4);
  private static final Shape B = Shape.of(2, 1, 5, 4);

  private static void gradients(
      List<NdArray> inputs,
      int first,
      Function<List<NdArray>, NdArray> forward,
      BiFunction<List<NdArray>, NdArray, List<NdArray>> backward) {
    NdArray gradOutput = random(9, forward.apply(inputs).shape());
    assertThat(gradOutput.shape()).isEqualTo(Shape.of(2, 3, 5, 4));
    List<NdArray> back = backward.apply(inputs, gradOutput);
    for (int i = first; i < inputs.size(); i++) {
      assertClose(
          "input " + i,
          back.get(i),
          CentralDifference.gradient(
              inputs.get(i), 1e-5, () -> dot(forward.apply(inputs), gradOutput)),
          1e-8);
    }
  }

  @Test
  void gradientsMatchFiniteDifferences() {
    NdArray a = random(1, A);
    NdArray b = random(2, B);
    for (NdArray x : List.of(a, b)) {
      for (int i = 0; i < x.size(); i++) {
        x.set(i, Math.abs(x.get(i)) + 0.5);
      }
    }
    List<NdArray> both = List.of(a, b);
    gradients(both, 0, AddReference::forward, AddReference::backward);
    gradients(both, 0, MultiplyReference::forward, MultiplyReference::backward);
    gradients(both, 0, SubtractReference::forward, SubtractReference::backward);
    gradients(both, 0, DivideReference::forward, DivideReference::backward);
    gradients(both, 0, MaximumReference::forward, MaximumReference::backward);
    gradients(both, 0, MinimumReference::forward, MinimumReference::backward);
    gradients(both, 0, PowReference::forward, PowReference::backward);
    NdArray condition = NdArray.of(Shape.of(2, 1, 1, 1), 0, 1);
    gradients(List.of(condition, a, b), 1, WhereReference::forward, WhereReference::backward);
  }

  @Test
  void comparisonsAreOneOrZeroAndNanFailsAll() {
    NdArray a = NdArray.of(Shape.of(1, 4), 1, 2, 3, Double.NaN);
    NdArray two = NdArray.of(Shape.of(1, 1), 2);
    assertThat(compare(Compare.Kind.EQUAL, a, two)).containsExactly(0, 1, 0, 0);
    assertThat(compare(Compare.Kind.LESS, a, two)).containsExactly(1, 0, 0, 0);
    assertThat(compare(Compare.Kind.LESS_OR_EQUAL, a, two)).containsExactly(1, 1, 0, 0);
    assertThat(compare(Compare.Kind.GREATER, a, two)).containsExactly(0, 0, 1, 0);
    assertThat(compare(Compare.Kind.GREATER_OR_EQUAL, a, two)).containsExactly(0, 1, 1, 0);
  }

  private static double[] compare(Compare.Kind kind, NdArray a, NdArray b) {
    return CompareReference.forward(new Compare(kind), List.of(a, b)).values();
  }

  @Test
  void equalValuesShareAndZeroToThePowerOf0IsOne() {
    NdArray a = NdArray.of(Shape.of(1, 2), 3, 0);
    NdArray b = NdArray.of(Shape.of(1, 2), 3, 0);
    NdArray dy = NdArray.of(Shape.of(1, 2), 1, 1);
    assertThat(MinimumReference.backward(List.of(a, b), dy).get(0).values())
        .containsExactly(0.5, 0.5);
    assertThat(PowReference.forward(List.of(a, b)).values()).containsExactly(27, 1);
    assertThat(PowReference.backward(List.of(a, b), dy).get(0).get(1)).isZero();
    assertThat(PowReference.backward(List.of(a, b), dy).get(1).get(1)).isZero();
  }
}
