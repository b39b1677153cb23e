package dev.quern.reference.layer;

import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.StochasticDepth;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.PhiloxReference;

/**
 * Reference implementation of {@link Dropout}, {@link Dropout2d} and {@link StochasticDepth} in
 * training. The key of a Philox generator is computed from seed, step and layer. The generator's
 * counter consists of the sample's index and a quarter of the element's (or channel's) index,
 * rounded down; of a whole sample, it is 0. An element is dropped if its 24 random bits, as a
 * fraction, are below p.
 */
public final class DropoutReference {
  /** Stream 3 of the generator; the lower streams generate weights, sample orders and data. */
  private static final int STREAM = 3;

  /** What is dropped or kept as a whole. */
  public enum Unit {
    ELEMENT,
    CHANNEL,
    SAMPLE
  }

  private DropoutReference() {}

  /**
   * Applies dropout to {@code [N, ...]} as the first layer of a network. Given the output's
   * gradient instead of the input, returns the input's gradient.
   */
  public static NdArray forward(Dropout layer, NdArray input, long seed, long step) {
    Require.present("dropout", "layer, input", layer, input);
    return apply(layer.p(), Unit.ELEMENT, key(seed, step, 0), input);
  }

  /**
   * Applies channel dropout to {@code [N, C, H, W]} as the first layer of a network. Given the
   * output's gradient instead of the input, returns the input's gradient.
   */
  public static NdArray forward(Dropout2d layer, NdArray input, long seed, long step) {
    Require.present("dropout", "layer, input", layer, input);
    return apply(layer.p(), Unit.CHANNEL, key(seed, step, 0), input);
  }

  /**
   * Applies stochastic depth to {@code [N, ...]} as the first layer of a network. Given the
   * output's gradient instead of the input, returns the input's gradient.
   */
  public static NdArray forward(StochasticDepth layer, NdArray input, long seed, long step) {
    Require.present("dropout", "layer, input", layer, input);
    return apply(layer.p(), Unit.SAMPLE, key(seed, step, 0), input);
  }

  /** Returns the key for the random numbers of one layer in one training step. */
  public static long key(long seed, long step, int layer) {
    long[] words = PhiloxReference.words(seed, step, step >>> 32, layer, STREAM);
    return words[0] | words[1] << 32;
  }

  /**
   * Applies dropout with a {@link #key}: dropped values become 0, all others are multiplied by
   * {@code 1 / (1 - p)}.
   */
  public static NdArray apply(double p, Unit unit, long key, NdArray x) {
    Require.present("dropout", "unit, input", unit, x);
    NdArray out = new NdArray(x.shape());
    int sample = x.size() / Math.max(1, x.dim(0));
    int together =
        switch (unit) {
          case ELEMENT -> 1;
          case CHANNEL -> x.dim(2) * x.dim(3);
          case SAMPLE -> sample;
        };
    for (int i = 0; i < x.size(); i++) {
      int number = i % sample / together;
      long word = PhiloxReference.words(key, number / 4, 0, i / sample, 0)[number % 4];
      boolean falls = (word >>> 8) * 0x1p-24 < p;
      out.set(i, falls ? 0 : x.get(i) / (1 - p));
    }
    return out;
  }
}
