package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.Concat;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Reference implementation of {@link Concat}: inputs {@code [N, ...]} concatenated along an axis.
 */
public final class ConcatReference {
  private ConcatReference() {}

  /** Concatenates the inputs along the channels, axis 1. */
  public static NdArray forward(List<NdArray> inputs) {
    return forward(new Concat(), inputs);
  }

  public static NdArray forward(Concat layer, List<NdArray> inputs) {
    Require.present("concat", "layer", layer);
    List<NdArray> own = Checks.inputs("concat", inputs, 1);
    NdArray output = new NdArray(whole(layer, own.stream().map(NdArray::shape).toList()));
    copy(layer, own, output, true);
    return output;
  }

  /**
   * Splits the output's gradient along the channels into the gradients of inputs of these shapes.
   */
  public static List<NdArray> backward(List<Shape> inputs, NdArray gradOutput) {
    return backward(new Concat(), inputs, gradOutput);
  }

  /**
   * Splits the output's gradient along the layer's axis into the gradients of inputs of these
   * shapes.
   */
  public static List<NdArray> backward(Concat layer, List<Shape> inputs, NdArray gradOutput) {
    Require.present("concat", "layer, gradOutput", layer, gradOutput);
    List<Shape> own = Checks.copied("concat", "inputs", inputs);
    Checks.shape("concat", "grad_output", gradOutput, whole(layer, own));
    List<NdArray> gradients = new ArrayList<>();
    own.forEach(s -> gradients.add(new NdArray(s)));
    Checks.inputs("concat", gradients, 1);
    copy(layer, gradients, gradOutput, false);
    return gradients;
  }

  private static Shape whole(Concat layer, List<Shape> inputs) {
    Shape sample = layer.outputShape(inputs.stream().map(Shape::sample).toList());
    return sample.batch(inputs.get(0).dim(0));
  }

  private static void copy(Concat layer, List<NdArray> parts, NdArray whole, boolean toWhole) {
    int axis = layer.axis() < 0 ? layer.axis() + whole.rank() : layer.axis() + 1;
    int from = 0;
    for (NdArray part : parts) {
      for (int i = 0; i < part.size(); i++) {
        int[] at = indices(part, i);
        at[axis] += from;
        int in = whole.offset(at);
        if (toWhole) {
          whole.set(in, part.get(i));
        } else {
          part.set(i, whole.get(in));
        }
      }
      from += part.dim(axis);
    }
  }

  private static int[] indices(NdArray array, int offset) {
    int[] at = new int[array.rank()];
    int rest = offset;
    for (int axis = at.length - 1; axis >= 0; axis--) {
      at[axis] = rest % array.dim(axis);
      rest /= array.dim(axis);
    }
    return at;
  }
}
