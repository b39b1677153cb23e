package dev.quern.reference.layer;

import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.PhiloxReference;

/**
 * Reference implementation of {@link Dropout} and {@link Dropout2d} in training. Seed, step and
 * layer make the key of a Philox generator; the counter is the sample and the number of the
 * element, or of the channel, in fours. An element is dropped if its 24 random bits are below p.
 */
public final class DropoutReference {
  /** Stream 3 of the generator: the numbers before are those of weights, orders and data. */
  private static final int STREAM = 3;

  private DropoutReference() {}

  /** {@code [N, ...]} as layer 0 of a network makes it; the gradient goes the same way. */
  public static NdArray forward(Dropout layer, NdArray input, long seed, long step) {
    Require.present("dropout", "layer, input", layer, input);
    return apply(layer.p(), false, key(seed, step, 0), input);
  }

  /** {@code [N, C, H, W]} as layer 0 of a network makes it; the gradient goes the same way. */
  public static NdArray forward(Dropout2d layer, NdArray input, long seed, long step) {
    Require.present("dropout", "layer, input", layer, input);
    return apply(layer.p(), true, key(seed, step, 0), input);
  }

  /** The key that the random numbers of one layer in one step are drawn by. */
  public static long key(long seed, long step, int layer) {
    long[] words = PhiloxReference.words(seed, step, step >>> 32, layer, STREAM);
    return words[0] | words[1] << 32;
  }

  /** The values that stay, scaled by 1 / (1 - p), and zeros, for a {@link #key}. */
  public static NdArray apply(double p, boolean wholeChannels, long key, NdArray x) {
    Require.present("dropout", "input", x);
    NdArray out = new NdArray(x.shape());
    int together = wholeChannels ? x.dim(2) * x.dim(3) : 1;
    int sample = x.size() / Math.max(1, x.dim(0));
    for (int i = 0; i < x.size(); i++) {
      int number = i % sample / together;
      long word = PhiloxReference.words(key, number / 4, 0, i / sample, 0)[number % 4];
      boolean falls = (word >>> 8) * 0x1p-24 < p;
      out.set(i, falls ? 0 : x.get(i) / (1 - p));
    }
    return out;
  }
}
