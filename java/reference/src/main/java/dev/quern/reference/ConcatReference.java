package dev.quern.reference;

import dev.quern.layer.Concat;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/** The twin of {@link Concat}: inputs {@code [N, Ci, H, W]} side by side along the channels. */
public final class ConcatReference {
  private ConcatReference() {}

  public static NdArray forward(List<NdArray> inputs) {
    Checks.inputs("concat", inputs, 1);
    List<Shape> samples = inputs.stream().map(x -> x.shape().sample()).toList();
    NdArray output = new NdArray(new Concat().outputShape(samples).batch(inputs.get(0).dim(0)));
    copy(inputs, output, true);
    return output;
  }

  /** The gradients of inputs of these shapes: the output's, cut along the channels. */
  public static List<NdArray> backward(List<Shape> inputs, NdArray gradOutput) {
    Require.present("concat", "inputs, gradOutput", inputs, gradOutput);
    List<NdArray> gradients = new ArrayList<>();
    List<Shape> samples = inputs.stream().map(Shape::sample).toList();
    Shape whole = new Concat().outputShape(samples).batch(inputs.get(0).dim(0));
    Checks.shape("concat", "grad_output", gradOutput, whole);
    inputs.forEach(s -> gradients.add(new NdArray(s)));
    copy(gradients, gradOutput, false);
    return gradients;
  }

  private static void copy(List<NdArray> parts, NdArray whole, boolean toWhole) {
    int sample = whole.size() / Math.max(1, whole.dim(0));
    int at = 0;
    for (NdArray part : parts) {
      int size = part.size() / Math.max(1, part.dim(0));
      for (int i = 0; i < part.size(); i++) {
        int in = i / size * sample + at + i % size;
        if (toWhole) {
          whole.set(in, part.get(i));
        } else {
          part.set(i, whole.get(in));
        }
      }
      at += size;
    }
  }
}
