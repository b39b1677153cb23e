package dev.quern.reference.layer.math;

import dev.quern.layer.math.Divide;
import dev.quern.reference.NdArray;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Reference implementation of {@link Divide}: divides two arrays element by element; axes of size 1
 * are broadcast.
 */
public final class DivideReference {
  private DivideReference() {}

  public static NdArray forward(List<NdArray> inputs) {
    List<NdArray> own = Checks.inputs("divide", inputs, 2);
    return Pairs.forward(own, Pairs.outputShape(new Divide(), own), (a, b) -> a / b);
  }

  /** Returns the gradients with respect to both inputs, summed over broadcast axes. */
  public static List<NdArray> backward(List<NdArray> inputs, NdArray gradOutput) {
    List<NdArray> own = Checks.inputs("divide", inputs, 2);
    Shape output = Pairs.outputShape(new Divide(), own);
    Checks.shape("divide", "grad_output", gradOutput, output);
    return Pairs.backward(own, gradOutput, (a, b) -> 1 / b, (a, b) -> -a / (b * b));
  }
}
