package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.Chunk;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link Chunk}: selects one of the equal parts of {@code [N, ...]}
 * along an axis.
 */
public final class ChunkReference {
  private ChunkReference() {}

  public static NdArray forward(Chunk layer, NdArray input) {
    Require.present("chunk", "layer, input", layer, input);
    return Rearranging.forward(layer, source(layer, input.shape()), input);
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(Chunk layer, NdArray gradOutput, Shape inputShape) {
    Require.present("chunk", "layer, inputShape", layer, inputShape);
    return Rearranging.backward(layer, source(layer, inputShape), gradOutput, inputShape);
  }

  private static Rearranging.Source source(Chunk layer, Shape batch) {
    return out -> {
      int axis = layer.axis() < 0 ? layer.axis() + out.length : layer.axis();
      int[] in = out.clone();
      in[axis] += layer.index() * ((int) batch.dim(axis + 1) / layer.chunks());
      return in;
    };
  }
}
