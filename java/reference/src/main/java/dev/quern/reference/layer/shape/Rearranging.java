package dev.quern.reference.layer.shape;

import dev.quern.layer.Layer;
import dev.quern.reference.NdArray;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;

/** Base of layers that only rearrange values: each output element equals one input element. */
final class Rearranging {
  /**
   * Maps the indices of an output element to the indices of its source element in the input; the
   * batch axis is not included.
   */
  interface Source {
    int[] of(int[] out);
  }

  private Rearranging() {}

  static NdArray forward(Layer layer, Source source, NdArray input) {
    NdArray output = new NdArray(Checks.batchOutput(layer, input.shape()));
    for (int i = 0; i < output.size(); i++) {
      output.set(i, input.get(shown(source, i, output.shape(), input.shape())));
    }
    return output;
  }

  static NdArray backward(Layer layer, Source source, NdArray gradOutput, Shape inputShape) {
    Shape out = Checks.batchOutput(layer, inputShape);
    Checks.shape(layer.type(), "grad_output", gradOutput, out);
    NdArray gradInput = new NdArray(inputShape);
    for (int i = 0; i < gradOutput.size(); i++) {
      gradInput.add(shown(source, i, out, inputShape), gradOutput.get(i));
    }
    return gradInput;
  }

  private static int shown(Source source, int i, Shape out, Shape in) {
    int[] at = new int[out.rank() - 1];
    int rest = i;
    for (int axis = out.rank() - 1; axis > 0; axis--) {
      at[axis - 1] = rest % (int) out.dim(axis);
      rest /= (int) out.dim(axis);
    }
    int place = rest; // the sample's index
    int[] from = source.of(at);
    for (int axis = 1; axis < in.rank(); axis++) {
      place = place * (int) in.dim(axis) + from[axis - 1];
    }
    return place;
  }
}
