package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.Permute;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;

/** Reference implementation of {@link Permute}: permutes the axes of {@code [N, ...]} after N. */
public final class PermuteReference {
  private PermuteReference() {}

  public static NdArray forward(Permute layer, NdArray input) {
    Require.present("permute", "layer, input", layer, input);
    return Rearranging.forward(layer, source(layer, input.shape()), input);
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(Permute layer, NdArray gradOutput, Shape inputShape) {
    Require.present("permute", "layer, inputShape", layer, inputShape);
    return Rearranging.backward(layer, source(layer, inputShape), gradOutput, inputShape);
  }

  private static Rearranging.Source source(Permute layer, Shape batch) {
    return out -> {
      int[] in = new int[out.length];
      for (int i = 0; i < out.length; i++) {
        in[layer.dims().get(i)] = out[i];
      }
      return in;
    };
  }
}
