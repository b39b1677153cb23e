package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.ChannelShuffle;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link ChannelShuffle}: splits the channels of {@code [N, C, ...]}
 * into groups and interleaves the groups.
 */
public final class ChannelShuffleReference {
  private ChannelShuffleReference() {}

  public static NdArray forward(ChannelShuffle layer, NdArray input) {
    Require.present("channel_shuffle", "layer, input", layer, input);
    return Rearranging.forward(layer, source(layer, input.shape()), input);
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(ChannelShuffle layer, NdArray gradOutput, Shape inputShape) {
    Require.present("channel_shuffle", "layer, inputShape", layer, inputShape);
    return Rearranging.backward(layer, source(layer, inputShape), gradOutput, inputShape);
  }

  private static Rearranging.Source source(ChannelShuffle layer, Shape batch) {
    return out -> {
      int each = (int) batch.dim(1) / layer.groups();
      int[] in = out.clone();
      in[0] = out[0] % layer.groups() * each + out[0] / layer.groups();
      return in;
    };
  }
}
