package dev.quern.data;

import dev.quern.internal.arguments.Heap;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/** A view of a data set in which each sample is its own target. */
record SelfDataset(Dataset samples) implements DatasetView {
  private static final float UNIT = 255;

  /** Returns an empty list: a sample that is its own target has no class. */
  @Override
  public List<String> classes() {
    return List.of();
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
    return samples.shape();
  }

  @Override
  public void copyTarget(int index, FloatBuffer to) {
    if (kind() == Kind.FLOATS) {
      samples.copyFloats(index, to);
      return;
    }
    int each = DatasetRules.each(name(), shape());
    DatasetRules.requireRoom(name(), each, to);
    byte[] sample = Heap.bytes("data set " + name(), each);
    ByteBuffer bytes = ByteBuffer.wrap(sample);
    samples.copyBytes(index, bytes);
    DatasetRules.requireFull(name(), index, bytes);
    for (byte b : sample) {
      to.put((b & 0xff) / UNIT);
    }
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
