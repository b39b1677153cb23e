package dev.quern.reference;

import dev.quern.layer.Split;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;

/** The twin of {@link Split}: one of the equal parts of {@code [N, ...]} along an axis. */
public final class SplitReference {
  private SplitReference() {}

  public static NdArray forward(Split layer, NdArray input) {
    Require.present("split", "layer, input", layer, input);
    return Gather.forward(layer, source(layer, input.shape()), input);
  }

  /** The gradient of the input, whose shape is {@code inputShape}. */
  public static NdArray backward(Split layer, NdArray gradOutput, Shape inputShape) {
    Require.present("split", "layer, inputShape", layer, inputShape);
    return Gather.backward(layer, source(layer, inputShape), gradOutput, inputShape);
  }

  private static Gather.Source source(Split layer, Shape batch) {
    return out -> {
      int axis = layer.axis() < 0 ? layer.axis() + out.length : layer.axis();
      int[] in = out.clone();
      in[axis] += layer.index() * ((int) batch.dim(axis + 1) / layer.sections());
      return in;
    };
  }
}
