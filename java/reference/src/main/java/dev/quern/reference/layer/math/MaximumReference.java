package dev.quern.reference.layer.math;

import dev.quern.layer.math.Maximum;
import dev.quern.reference.NdArray;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Reference implementation of {@link Maximum}: the elementwise maximum of two or more arrays,
 * computed from left to right; axes of size 1 are broadcast.
 */
public final class MaximumReference {
  private MaximumReference() {}

  public static NdArray forward(List<NdArray> inputs) {
    List<NdArray> made = made(checked(inputs));
    return made.get(made.size() - 1);
  }

  /**
   * Returns the gradients with respect to the inputs; two equal values get half of the gradient
   * each.
   */
  public static List<NdArray> backward(List<NdArray> inputs, NdArray gradOutput) {
    List<NdArray> own = checked(inputs);
    List<NdArray> made = made(own);
    Shape output = made.get(made.size() - 1).shape();
    Checks.shape("maximum", "grad_output", gradOutput, output);
    List<NdArray> gradients = new ArrayList<>();
    NdArray flowing = gradOutput;
    for (int i = own.size() - 1; i > 0; i--) {
      List<NdArray> both =
          Pairs.backward(
              List.of(made.get(i - 1), own.get(i)),
              flowing,
              MaximumReference::share,
              (a, b) -> share(b, a));
      flowing = both.get(0);
      gradients.add(0, both.get(1));
    }
    gradients.add(0, flowing);
    return gradients;
  }

  /** Returns the intermediate results: element i is the maximum of the first i + 1 inputs. */
  private static List<NdArray> made(List<NdArray> inputs) {
    List<NdArray> made = new ArrayList<>(List.of(inputs.get(0)));
    for (NdArray next : inputs.subList(1, inputs.size())) {
      List<NdArray> pair = List.of(made.get(made.size() - 1), next);
      made.add(Pairs.forward(pair, Pairs.outputShape(new Maximum(), pair), Math::max));
    }
    return made;
  }

  private static double share(double own, double other) {
    return own == other ? 0.5 : own < other ? 0 : 1;
  }

  private static List<NdArray> checked(List<NdArray> given) {
    List<NdArray> inputs = Checks.inputs("maximum", given, 2);
    Pairs.outputShape(new Maximum(), inputs);
    return inputs;
  }
}
