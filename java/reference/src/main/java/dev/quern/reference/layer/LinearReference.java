package dev.quern.reference.layer;

import dev.quern.layer.Linear;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * Reference implementation of {@link Linear}, {@code y = x W^T + b}: input {@code [N, ..., in]},
 * weight {@code [out, in]}, bias {@code [out]}, output {@code [N, ..., out]}.
 */
public final class LinearReference {
  private LinearReference() {}

  /**
   * Returns the output.
   *
   * @param biasOrNull the bias; null exactly if the layer does not have one
   * @throws dev.quern.error.ShapeException if shapes do not fit the layer
   */
  public static NdArray forward(
      Linear layer, NdArray input, NdArray weight, @Nullable NdArray biasOrNull) {
    Require.present("linear", "layer, input", layer, input);
    Shape outputShape = Checks.batchOutput(layer, input.shape());
    int in = last(input);
    int out = layer.outFeatures();
    Checks.shape("linear", "weight", weight, Shape.of(out, in));
    Checks.bias("linear", layer.bias(), biasOrNull, out);
    NdArray output = new NdArray(outputShape);
    for (int n = 0; n < input.size() / in; n++) {
      for (int o = 0; o < out; o++) {
        double sum = biasOrNull == null ? 0 : biasOrNull.get(o);
        for (int i = 0; i < in; i++) {
          sum += input.get(n * in + i) * weight.get(o * in + i);
        }
        output.set(n * out + o, sum);
      }
    }
    return output;
  }

  /** Returns the gradient with respect to the input, {@code dy W}, of shape {@code inputShape}. */
  public static NdArray backwardData(
      Linear layer, NdArray gradOutput, NdArray weight, Shape inputShape) {
    Require.present("linear", "layer, inputShape", layer, inputShape);
    Checks.shape("linear", "grad_output", gradOutput, Checks.batchOutput(layer, inputShape));
    NdArray gradInput = new NdArray(inputShape);
    int in = last(gradInput);
    int out = layer.outFeatures();
    Checks.shape("linear", "weight", weight, Shape.of(out, in));
    for (int n = 0; n < gradInput.size() / in; n++) {
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < in; i++) {
          gradInput.add(n * in + i, gradOutput.get(n * out + o) * weight.get(o * in + i));
        }
      }
    }
    return gradInput;
  }

  /**
   * Returns the gradient with respect to the weight, {@code [out, in]}: {@code dy^T x}, summed over
   * all rows.
   */
  public static NdArray backwardWeights(Linear layer, NdArray input, NdArray gradOutput) {
    Require.present("linear", "layer, input", layer, input);
    Checks.shape("linear", "grad_output", gradOutput, Checks.batchOutput(layer, input.shape()));
    int in = last(input);
    int out = layer.outFeatures();
    NdArray gradWeight = new NdArray(Shape.of(out, in));
    for (int n = 0; n < input.size() / in; n++) {
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < in; i++) {
          gradWeight.add(o * in + i, gradOutput.get(n * out + o) * input.get(n * in + i));
        }
      }
    }
    return gradWeight;
  }

  /**
   * Returns the gradient with respect to the bias, {@code [out]}: the output's gradient summed over
   * all rows.
   */
  public static NdArray backwardBias(NdArray gradOutput) {
    Require.present("linear", "gradOutput", gradOutput);
    int out = last(gradOutput);
    NdArray gradBias = new NdArray(Shape.of(out));
    for (int i = 0; i < gradOutput.size(); i++) {
      gradBias.add(i % out, gradOutput.get(i));
    }
    return gradBias;
  }

  private static int last(NdArray array) {
    return array.dim(array.rank() - 1);
  }
}
