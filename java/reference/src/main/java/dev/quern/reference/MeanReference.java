package dev.quern.reference;

import dev.quern.layer.Mean;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;

/** The twin of {@link Mean}: the mean of {@code [N, ...]} over axes behind N. */
public final class MeanReference {
  private MeanReference() {}

  public static NdArray forward(Mean layer, NdArray input) {
    Require.present("mean", "layer, input", layer, input);
    NdArray output = new NdArray(Checks.batchOutput(layer, input.shape()));
    int[] to = places(layer, input.shape());
    for (int i = 0; i < input.size(); i++) {
      output.add(to[i], input.get(i));
    }
    for (int i = 0; i < output.size(); i++) {
      output.set(i, output.get(i) * output.size() / input.size());
    }
    return output;
  }

  /** The gradient of the input, whose shape is {@code inputShape}. */
  public static NdArray backward(Mean layer, NdArray gradOutput, Shape inputShape) {
    Require.present("mean", "layer, inputShape", layer, inputShape);
    Checks.shape("mean", "grad_output", gradOutput, Checks.batchOutput(layer, inputShape));
    NdArray gradInput = new NdArray(inputShape);
    int[] to = places(layer, inputShape);
    for (int i = 0; i < gradInput.size(); i++) {
      gradInput.set(i, gradOutput.get(to[i]) * gradOutput.size() / gradInput.size());
    }
    return gradInput;
  }

  /** Which output each input belongs to. */
  private static int[] places(Mean layer, Shape batch) {
    int rank = batch.rank();
    int[] to = new int[Checks.length("mean", batch)];
    for (int i = 0; i < to.length; i++) {
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
      to[i] = place;
    }
    return to;
  }
}
