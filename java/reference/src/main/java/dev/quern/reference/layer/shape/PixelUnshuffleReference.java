package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.PixelUnshuffle;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link PixelUnshuffle}: moves blocks of pixels of {@code [N, C, H,
 * W]} into channels.
 */
public final class PixelUnshuffleReference {
  private PixelUnshuffleReference() {}

  public static NdArray forward(PixelUnshuffle layer, NdArray input) {
    Require.present("pixel_unshuffle", "layer, input", layer, input);
    return Rearranging.forward(layer, source(layer.downscaleFactor()), input);
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(PixelUnshuffle layer, NdArray gradOutput, Shape inputShape) {
    Require.present("pixel_unshuffle", "layer, inputShape", layer, inputShape);
    return Rearranging.backward(layer, source(layer.downscaleFactor()), gradOutput, inputShape);
  }

  private static Rearranging.Source source(int r) {
    return out ->
        new int[] {out[0] / (r * r), out[1] * r + out[0] / r % r, out[2] * r + out[0] % r};
  }
}
