package dev.quern.reference.layer.math;

import dev.quern.layer.math.Amax;
import dev.quern.layer.math.Amin;
import dev.quern.layer.math.Mean;
import dev.quern.layer.math.Prod;
import dev.quern.layer.math.Reduction;
import dev.quern.layer.math.Sum;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Reference implementation of all {@link Reduction} layers: reduces {@code [N, ...]} over axes
 * other than the batch axis.
 */
public final class ReductionReference {
  private ReductionReference() {}

  public static NdArray forward(Reduction layer, NdArray input) {
    Require.present("reduction", "layer, input", layer, input);
    NdArray output = new NdArray(Checks.batchOutput(layer, input.shape()));
    List<List<Integer>> parts = parts(layer, input.shape(), output.size());
    for (int i = 0; i < output.size(); i++) {
      output.set(i, of(layer, input, parts.get(i)));
    }
    return output;
  }

  /** Returns the gradient with respect to the input. */
  public static NdArray backward(Reduction layer, NdArray input, NdArray gradOutput) {
    Require.present("reduction", "layer, input", layer, input);
    NdArray output = forward(layer, input);
    Checks.shape(layer.type(), "grad_output", gradOutput, output.shape());
    NdArray gradInput = new NdArray(input.shape());
    List<List<Integer>> parts = parts(layer, input.shape(), output.size());
    for (int i = 0; i < output.size(); i++) {
      for (int at : parts.get(i)) {
        double share = share(layer, input, parts.get(i), output.get(i), at);
        gradInput.set(at, gradOutput.get(i) * share);
      }
    }
    return gradInput;
  }

  private static double of(Reduction layer, NdArray input, List<Integer> part) {
    if (layer instanceof Amax) {
      return part.stream().mapToDouble(input::get).reduce(Double.NEGATIVE_INFINITY, Math::max);
    }
    if (layer instanceof Amin) {
      return part.stream().mapToDouble(input::get).reduce(Double.POSITIVE_INFINITY, Math::min);
    }
    if (layer instanceof Prod) {
      return part.stream().mapToDouble(input::get).reduce(1, (a, b) -> a * b);
    }
    double sum = part.stream().mapToDouble(input::get).reduce(0, Double::sum);
    return layer instanceof Mean ? sum / part.size() : sum;
  }

  /**
   * Returns the derivative of an output with respect to the input at {@code at}; equal maxima or
   * minima share the gradient equally.
   */
  private static double share(
      Reduction layer, NdArray input, List<Integer> part, double output, int at) {
    if (layer instanceof Sum) {
      return 1;
    }
    if (layer instanceof Mean) {
      return 1.0 / part.size();
    }
    if (layer instanceof Prod) {
      return part.stream().filter(i -> i != at).mapToDouble(input::get).reduce(1, (a, b) -> a * b);
    }
    double equal = part.stream().filter(i -> input.get(i) == output).count();
    return (input.get(at) == output ? 1 : 0) / equal;
  }

  /** Returns, for each output, the offsets of the inputs that are reduced to it. */
  private static List<List<Integer>> parts(Reduction layer, Shape batch, int outputs) {
    List<List<Integer>> parts = new ArrayList<>();
    for (int i = 0; i < outputs; i++) {
      parts.add(new ArrayList<>());
    }
    int rank = batch.rank();
    for (int i = 0; i < Checks.length(layer.type(), batch); i++) {
      int place = 0;
      int step = 1;
      int rest = i;
      for (int axis = rank - 1; axis >= 0; axis--) {
        int size = (int) batch.dim(axis);
        boolean gone =
            axis > 0 && (layer.axes().contains(axis - 1) || layer.axes().contains(axis - rank));
        place += gone ? 0 : rest % size * step;
        step *= gone ? 1 : size;
        rest /= size;
      }
      parts.get(place).add(i);
    }
    return parts;
  }
}
