package dev.quern.reference.layer.math;

import dev.quern.layer.math.Minimum;
import dev.quern.reference.NdArray;
import dev.quern.reference.support.Checks;
import java.util.List;

/** Reference implementation of {@link Minimum}: the negated maximum of the negated inputs. */
public final class MinimumReference {
  private MinimumReference() {}

  public static NdArray forward(List<NdArray> inputs) {
    return negative(MaximumReference.forward(negatives(inputs)));
  }

  /**
   * Returns the gradients with respect to the inputs; two equal values get half of the gradient
   * each.
   */
  public static List<NdArray> backward(List<NdArray> inputs, NdArray gradOutput) {
    List<NdArray> negatives = negatives(inputs);
    Checks.shape("minimum", "grad_output", gradOutput, Pairs.outputShape(new Minimum(), negatives));
    return MaximumReference.backward(negatives, gradOutput);
  }

  private static List<NdArray> negatives(List<NdArray> given) {
    List<NdArray> inputs = Checks.inputs("minimum", given, 2);
    Pairs.outputShape(new Minimum(), inputs);
    return inputs.stream().map(MinimumReference::negative).toList();
  }

  private static NdArray negative(NdArray array) {
    NdArray result = new NdArray(array.shape());
    for (int i = 0; i < result.size(); i++) {
      result.set(i, -array.get(i));
    }
    return result;
  }
}
