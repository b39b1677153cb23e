package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.Arrays;

/** A view of a data set with sample weights. */
final class WeightedDataset implements DatasetView {
  private final Dataset samples;
  private final float[] weights;

  private WeightedDataset(Dataset samples, float[] weights) {
    this.samples = samples;
    this.weights = weights;
  }

  static Dataset of(Dataset samples, float[] weights) {
    String what = "data set " + samples.name();
    float[] own = Require.present(what, "weights", weights).clone();
    int size = samples.size();
    if (own.length != size) {
      throw new InvalidArgumentException(
          what + ": " + own.length + " weights do not fit " + size + " samples");
    }
    for (float w : own) {
      if (!(w >= 0) || Float.isInfinite(w)) {
        throw new InvalidArgumentException(
            what + ": weight " + w + " must be finite and at least 0");
      }
    }
    return new WeightedDataset(samples, own);
  }

  @Override
  public Dataset samples() {
    return samples;
  }

  @Override
  public boolean hasWeights() {
    return true;
  }

  @Override
  public float weight(int index) {
    DatasetRules.requireIndex(name(), index, weights.length);
    return weights[index];
  }

  /**
   * Returns the underlying set's normalization, which that set may know without reading all
   * samples.
   */
  @Override
  public Normalization normalization() {
    return samples.normalization();
  }

  @Override
  public Dataset slice(int from, int to) {
    Dataset some = samples.slice(from, to); // rejects a range outside the set
    return new WeightedDataset(some, Arrays.copyOfRange(weights, from, to));
  }

  @Override
  public Dataset subset(int[] indices) {
    int[] order = Require.present("data set " + name(), "indices", indices).clone();
    Dataset some = samples.subset(order.clone()); // rejects indices outside the set
    float[] own = new float[order.length];
    for (int i = 0; i < own.length; i++) {
      DatasetRules.requireIndex(name(), order[i], weights.length);
      own[i] = weights[order[i]];
    }
    return new WeightedDataset(some, own);
  }

  @Override
  public String toString() {
    return DatasetRules.line(this);
  }
}
