package dev.quern.reference.layer.math;

import dev.quern.layer.math.Pow;
import dev.quern.reference.NdArray;
import dev.quern.reference.support.Checks;
import dev.quern.reference.support.FunctionFormulas;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Reference implementation of {@link Pow}: raises the first array to the power of the second,
 * element by element; axes of size 1 are broadcast.
 */
public final class PowReference {
  private PowReference() {}

  public static NdArray forward(List<NdArray> inputs) {
    List<NdArray> own = Checks.inputs("pow", inputs, 2);
    return Pairs.forward(own, Pairs.outputShape(new Pow(), own), FunctionFormulas::pow);
  }

  /** Returns the gradients with respect to both inputs, summed over broadcast axes. */
  public static List<NdArray> backward(List<NdArray> inputs, NdArray gradOutput) {
    List<NdArray> own = Checks.inputs("pow", inputs, 2);
    Shape output = Pairs.outputShape(new Pow(), own);
    Checks.shape("pow", "grad_output", gradOutput, output);
    return Pairs.backward(
        own,
        gradOutput,
        (a, b) -> b == 0 ? 0 : b * FunctionFormulas.pow(a, b - 1),
        (a, b) -> a == 0 && b >= 0 ? 0 : FunctionFormulas.pow(a, b) * Math.log(a));
  }
}
