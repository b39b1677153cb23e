package dev.quern.reference.layer;

import dev.quern.layer.Flatten;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link Flatten}: reshapes {@code [N, C, H, W]} to {@code [N, C * H *
 * W]}, in C, H, W order.
 */
public final class FlattenReference {
  private FlattenReference() {}

  /** Returns the input's values, one row per image. */
  public static NdArray forward(NdArray input) {
    Require.present("flatten", "input", input);
    return input.copy().reshape(Checks.batchOutput(new Flatten(), input.shape()));
  }

  /** Returns the output's gradient, reshaped to {@code inputShape}. */
  public static NdArray backward(NdArray gradOutput, Shape inputShape) {
    Require.present("flatten", "inputShape", inputShape);
    Shape outputShape = Checks.batchOutput(new Flatten(), inputShape);
    Checks.shape("flatten", "grad_output", gradOutput, outputShape);
    return gradOutput.copy().reshape(inputShape);
  }
}
