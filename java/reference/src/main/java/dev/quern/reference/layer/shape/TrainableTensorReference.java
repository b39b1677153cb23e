package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.TrainableTensor;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.layer.NormGradients;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link TrainableTensor}: outputs the weight for each sample of {@code
 * [N, ...]}.
 */
public final class TrainableTensorReference {
  private TrainableTensorReference() {}

  /** Returns the output for a weight of the layer's shape. */
  public static NdArray forward(TrainableTensor layer, NdArray input, NdArray weight) {
    Require.present("trainable_tensor", "layer, input", layer, input);
    Checks.shape("trainable_tensor", "weight", weight, layer.shape());
    NdArray output = new NdArray(Checks.batchOutput(layer, input.shape()));
    for (int i = 0; i < output.size(); i++) {
      output.set(i, weight.get(i % weight.size()));
    }
    return output;
  }

  /**
   * Returns the gradient with respect to the input, of shape {@code inputShape}: zeros; and the
   * gradient with respect to the weight: the sum over the samples.
   */
  public static NormGradients backward(
      TrainableTensor layer, Shape inputShape, NdArray gradOutput) {
    Require.present("trainable_tensor", "layer, inputShape", layer, inputShape);
    Checks.shape(
        "trainable_tensor", "grad_output", gradOutput, Checks.batchOutput(layer, inputShape));
    NdArray gradWeight = new NdArray(layer.shape());
    for (int i = 0; i < gradOutput.size(); i++) {
      gradWeight.add(i % gradWeight.size(), gradOutput.get(i));
    }
    return new NormGradients(new NdArray(inputShape), gradWeight, null);
  }
}
