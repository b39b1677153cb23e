package dev.quern.reference.layer.math;

import dev.quern.layer.math.Where;
import dev.quern.reference.NdArray;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Reference implementation of {@link Where}: selects elements of two arrays by a condition; axes of
 * size 1 are broadcast.
 */
public final class WhereReference {
  private WhereReference() {}

  public static NdArray forward(List<NdArray> inputs) {
    List<NdArray> own = Checks.inputs("where", inputs, 3);
    NdArray output = new NdArray(outputShape(own));
    for (int i = 0; i < output.size(); i++) {
      NdArray chosen = chosen(own, output.shape(), i);
      output.set(i, chosen.get(Pairs.place(chosen.shape(), output.shape(), i)));
    }
    return output;
  }

  /**
   * Returns the gradients with respect to all three inputs, summed over broadcast axes; the
   * condition's gradient is 0.
   */
  public static List<NdArray> backward(List<NdArray> inputs, NdArray gradOutput) {
    List<NdArray> own = Checks.inputs("where", inputs, 3);
    Shape output = outputShape(own);
    Checks.shape("where", "grad_output", gradOutput, output);
    List<NdArray> gradients = own.stream().map(x -> new NdArray(x.shape())).toList();
    for (int i = 0; i < gradOutput.size(); i++) {
      NdArray chosen = chosen(own, output, i);
      gradients
          .get(chosen == own.get(1) ? 1 : 2)
          .add(Pairs.place(chosen.shape(), output, i), gradOutput.get(i));
    }
    return gradients;
  }

  private static NdArray chosen(List<NdArray> inputs, Shape output, int i) {
    NdArray condition = inputs.get(0);
    return inputs.get(condition.get(Pairs.place(condition.shape(), output, i)) != 0 ? 1 : 2);
  }

  private static Shape outputShape(List<NdArray> inputs) {
    return Pairs.outputShape(new Where(), inputs);
  }
}
