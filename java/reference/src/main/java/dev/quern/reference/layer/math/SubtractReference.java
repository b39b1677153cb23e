package dev.quern.reference.layer.math;

import dev.quern.layer.math.Subtract;
import dev.quern.reference.NdArray;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Reference implementation of {@link Subtract}: subtracts two arrays element by element; axes of
 * size 1 are broadcast.
 */
public final class SubtractReference {
  private SubtractReference() {}

  public static NdArray forward(List<NdArray> inputs) {
    List<NdArray> own = Checks.inputs("subtract", inputs, 2);
    return Pairs.forward(own, Pairs.outputShape(new Subtract(), own), (a, b) -> a - b);
  }

  /** Returns the gradients with respect to both inputs, summed over broadcast axes. */
  public static List<NdArray> backward(List<NdArray> inputs, NdArray gradOutput) {
    List<NdArray> own = Checks.inputs("subtract", inputs, 2);
    Shape output = Pairs.outputShape(new Subtract(), own);
    Checks.shape("subtract", "grad_output", gradOutput, output);
    return Pairs.backward(own, gradOutput, (a, b) -> 1, (a, b) -> -1);
  }
}
