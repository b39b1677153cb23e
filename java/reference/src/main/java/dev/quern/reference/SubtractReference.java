package dev.quern.reference;

import dev.quern.layer.Subtract;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The twin of {@link Subtract}: two arrays of one shape, or {@code [N, C, H, W]} minus {@code [N,
 * C, 1, 1]}.
 */
public final class SubtractReference {
  private SubtractReference() {}

  public static NdArray forward(List<NdArray> inputs) {
    Checks.inputs("subtract", inputs, 2);
    return Pairs.forward(inputs, outputShape(inputs), (a, b) -> a - b);
  }

  /** The gradients of both inputs; the other's is a sum where it repeats. */
  public static List<NdArray> backward(List<NdArray> inputs, NdArray gradOutput) {
    Checks.inputs("subtract", inputs, 2);
    Checks.shape("subtract", "grad_output", gradOutput, outputShape(inputs));
    return Pairs.backward(inputs, gradOutput, (a, b) -> 1, (a, b) -> -1);
  }

  private static Shape outputShape(List<NdArray> inputs) {
    List<Shape> samples = inputs.stream().map(x -> x.shape().sample()).toList();
    return new Subtract().outputShape(samples).batch(inputs.get(0).dim(0));
  }
}
