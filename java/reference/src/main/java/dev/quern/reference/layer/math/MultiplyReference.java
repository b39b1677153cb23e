package dev.quern.reference.layer.math;

import dev.quern.layer.math.Multiply;
import dev.quern.reference.NdArray;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Reference implementation of {@link Multiply}: multiplies two arrays element by element; axes of
 * size 1 are broadcast.
 */
public final class MultiplyReference {
  private MultiplyReference() {}

  public static NdArray forward(List<NdArray> inputs) {
    List<NdArray> own = Checks.inputs("multiply", inputs, 2);
    return Pairs.forward(own, Pairs.outputShape(new Multiply(), own), (a, b) -> a * b);
  }

  /** Returns the gradients with respect to both inputs, summed over broadcast axes. */
  public static List<NdArray> backward(List<NdArray> inputs, NdArray gradOutput) {
    List<NdArray> own = Checks.inputs("multiply", inputs, 2);
    Shape output = Pairs.outputShape(new Multiply(), own);
    Checks.shape("multiply", "grad_output", gradOutput, output);
    return Pairs.backward(own, gradOutput, (a, b) -> b, (a, b) -> a);
  }
}
