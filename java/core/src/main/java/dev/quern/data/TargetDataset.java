package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;
import java.nio.FloatBuffer;

/** A view of a data set with targets in place of labels. */
record TargetDataset(Dataset samples, Targets targets) implements DatasetView {
  static Dataset of(Dataset samples, Targets targets) {
    if (targets.size() != samples.size()) {
      throw new InvalidArgumentException(
          "data set "
              + samples.name()
              + ": "
              + targets.size()
              + " targets do not fit "
              + samples.size()
              + " images");
    }
    return new TargetDataset(samples instanceof TargetDataset t ? t.samples : samples, targets);
  }

  @Override
  public boolean hasTargets() {
    return true;
  }

  @Override
  public int label(int index) {
    throw DatasetRules.hasNo(this, "labels");
  }

  @Override
  public Shape targetShape() {
    return targets.shape();
  }

  @Override
  public void copyTarget(int index, FloatBuffer to) {
    DatasetRules.requireIndex(name(), index, targets.size());
    DatasetRules.requireRoom(name(), (int) targets.shape().elements(), to);
    targets.copy(index, to);
  }

  @Override
  public void copyTarget(int index, BoxMove boxes, FloatBuffer to) {
    copyTarget(index, to);
  }

  @Override
  public String toString() {
    return DatasetRules.line(this);
  }
}
