package dev.quern.reference.layer.math;

import dev.quern.layer.math.Add;
import dev.quern.reference.NdArray;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Reference implementation of {@link Add}: the sum of two or more arrays; axes of size 1 are
 * broadcast.
 */
public final class AddReference {
  private AddReference() {}

  public static NdArray forward(List<NdArray> inputs) {
    List<NdArray> own = Checks.inputs("add", inputs, 1);
    NdArray sum = new NdArray(outputShape(own));
    for (NdArray x : own) {
      for (int i = 0; i < sum.size(); i++) {
        sum.add(i, x.get(Pairs.place(x.shape(), sum.shape(), i)));
      }
    }
    return sum;
  }

  /**
   * Returns the gradients with respect to the inputs: the output's gradient, summed over broadcast
   * axes.
   */
  public static List<NdArray> backward(List<NdArray> inputs, NdArray gradOutput) {
    List<NdArray> own = Checks.inputs("add", inputs, 1);
    Checks.shape("add", "grad_output", gradOutput, outputShape(own));
    return own.stream().map(x -> gradient(x.shape(), gradOutput)).toList();
  }

  private static NdArray gradient(Shape input, NdArray gradOutput) {
    NdArray grad = new NdArray(input);
    for (int i = 0; i < gradOutput.size(); i++) {
      grad.add(Pairs.place(input, gradOutput.shape(), i), gradOutput.get(i));
    }
    return grad;
  }

  private static Shape outputShape(List<NdArray> inputs) {
    return Pairs.outputShape(new Add(), inputs);
  }
}
