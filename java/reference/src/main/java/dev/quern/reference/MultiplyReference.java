package dev.quern.reference;

import dev.quern.layer.Multiply;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * The twin of {@link Multiply}: two arrays of one shape, or {@code [N, C, H, W]} by {@code [N, C,
 * 1, 1]}.
 */
public final class MultiplyReference {
  private MultiplyReference() {}

  public static NdArray forward(List<NdArray> inputs) {
    Checks.inputs("multiply", inputs, 2);
    NdArray output = new NdArray(outputShape(inputs));
    for (int i = 0; i < output.size(); i++) {
      output.set(i, inputs.get(0).get(i) * inputs.get(1).get(partner(inputs, i)));
    }
    return output;
  }

  /** The gradients of both inputs: the output's times the other input, summed where one repeats. */
  public static List<NdArray> backward(List<NdArray> inputs, NdArray gradOutput) {
    Checks.inputs("multiply", inputs, 2);
    Checks.shape("multiply", "grad_output", gradOutput, outputShape(inputs));
    NdArray input = inputs.get(0);
    NdArray other = inputs.get(1);
    NdArray gradInput = new NdArray(input.shape());
    NdArray gradOther = new NdArray(other.shape());
    for (int i = 0; i < input.size(); i++) {
      int k = partner(inputs, i);
      gradInput.set(i, gradOutput.get(i) * other.get(k));
      gradOther.add(k, gradOutput.get(i) * input.get(i));
    }
    return List.of(gradInput, gradOther);
  }

  private static Shape outputShape(List<NdArray> inputs) {
    List<Shape> samples = inputs.stream().map(x -> x.shape().sample()).toList();
    return new Multiply().outputShape(samples).batch(inputs.get(0).dim(0));
  }

  /** Which element of the second input meets element i of the first: i, or that of its plane. */
  private static int partner(List<NdArray> inputs, int i) {
    return i / (inputs.get(0).size() / inputs.get(1).size());
  }
}
