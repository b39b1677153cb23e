package dev.quern.reference.layer.math;

import dev.quern.layer.math.Argmin;
import dev.quern.layer.math.Extremum;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of argmax and argmin ({@link Extremum}): the index of the largest or
 * smallest value along an axis of {@code [N, ...]}.
 */
public final class ArgmaxReference {
  private ArgmaxReference() {}

  public static NdArray forward(Extremum layer, NdArray input) {
    Require.present("argmax", "layer, input", layer, input);
    Shape in = input.shape();
    NdArray output = new NdArray(Checks.batchOutput(layer, in));
    int axis = layer.axis() < 0 ? layer.axis() + in.rank() : layer.axis() + 1;
    int size = (int) in.dim(axis);
    int behind = 1;
    for (int i = axis + 1; i < in.rank(); i++) {
      behind *= (int) in.dim(i);
    }
    for (int i = 0; i < output.size(); i++) {
      int first = i / behind * size * behind + i % behind;
      int best = 0;
      for (int p = 1; p < size; p++) {
        if (wins(layer, input.get(first + p * behind), input.get(first + best * behind))) {
          best = p;
        }
      }
      output.set(i, best);
    }
    return output;
  }

  /** Returns the gradient with respect to the input: zeros. */
  public static NdArray backward(Extremum layer, NdArray input, NdArray gradOutput) {
    Require.present("argmax", "layer, input", layer, input);
    Checks.shape(layer.type(), "grad_output", gradOutput, Checks.batchOutput(layer, input.shape()));
    return new NdArray(input.shape());
  }

  private static boolean wins(Extremum layer, double x, double best) {
    if (Double.isNaN(x) || Double.isNaN(best)) {
      return Double.isNaN(x) && (layer.selectLast() || !Double.isNaN(best));
    }
    boolean beyond = layer instanceof Argmin ? x < best : x > best;
    return beyond || layer.selectLast() && x == best;
  }
}
