package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.Gather;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link Gather}: selects elements of {@code [N, ...]} by their indices
 * along an axis.
 */
public final class GatherReference {
  private GatherReference() {}

  public static NdArray forward(Gather layer, NdArray input) {
    Require.present("gather", "layer, input", layer, input);
    return Rearranging.forward(layer, source(layer, input.shape()), input);
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(Gather layer, NdArray gradOutput, Shape inputShape) {
    Require.present("gather", "layer, inputShape", layer, inputShape);
    return Rearranging.backward(layer, source(layer, inputShape), gradOutput, inputShape);
  }

  private static Rearranging.Source source(Gather layer, Shape batch) {
    return out -> {
      int axis = layer.axis() < 0 ? layer.axis() + out.length : layer.axis();
      int index = layer.indices().get(out[axis]);
      int[] in = out.clone();
      in[axis] = index < 0 ? index + (int) batch.dim(axis + 1) : index;
      return in;
    };
  }
}
