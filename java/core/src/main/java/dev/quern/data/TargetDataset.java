package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/** The samples of a set with targets in place of labels. */
record TargetDataset(Dataset samples, Targets targets) implements Dataset {
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
  public String name() {
    return samples.name();
  }

  @Override
  public int size() {
    return samples.size();
  }

  @Override
  public Shape shape() {
    return samples.shape();
  }

  @Override
  public List<String> classes() {
    return samples.classes();
  }

  @Override
  public Kind kind() {
    return samples.kind();
  }

  @Override
  public void copyBytes(int index, ByteBuffer to) {
    samples.copyBytes(index, to);
  }

  @Override
  public void copyFloats(int index, FloatBuffer to) {
    samples.copyFloats(index, to);
  }

  @Override
  public boolean hasTargets() {
    return true;
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
  public String toString() {
    return DatasetRules.line(this);
  }
}
