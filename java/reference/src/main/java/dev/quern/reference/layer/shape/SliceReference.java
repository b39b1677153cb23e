package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.Slice;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;

/** Reference implementation of {@link Slice}: selects a range of {@code [N, ...]} along an axis. */
public final class SliceReference {
  private SliceReference() {}

  public static NdArray forward(Slice layer, NdArray input) {
    Require.present("slice", "layer, input", layer, input);
    return Rearranging.forward(layer, source(layer, input.shape()), input);
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(Slice layer, NdArray gradOutput, Shape inputShape) {
    Require.present("slice", "layer, inputShape", layer, inputShape);
    return Rearranging.backward(layer, source(layer, inputShape), gradOutput, inputShape);
  }

  private static Rearranging.Source source(Slice layer, Shape batch) {
    return out -> {
      int axis = layer.axis() < 0 ? layer.axis() + out.length : layer.axis();
      int size = (int) batch.dim(axis + 1);
      int start = layer.start() < 0 ? layer.start() + size : layer.start();
      int[] in = out.clone();
      in[axis] = Math.max(0, start) + out[axis] * layer.step();
      return in;
    };
  }
}
