package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/** A view of some samples of a data set: a range, or a list of indices. */
final class Subset implements Dataset {
  private final Dataset whole;

  /** Sample indices in {@code whole}; null for the order of {@code whole}. */
  private final int[] order;

  private final int first;
  private final int size;

  private Subset(Dataset whole, int[] order, int first, int size) {
    this.whole = whole;
    this.order = order;
    this.first = first;
    this.size = size;
  }

  /** Returns a view whose sample {@code i} is sample {@code order[i]} of {@code whole}. */
  static Dataset of(Dataset whole, int[] order) {
    if (!(whole instanceof Subset s)) {
      return new Subset(whole, order, 0, order.length);
    }
    for (int i = 0; i < order.length; i++) {
      order[i] = s.at(order[i]);
    }
    return new Subset(s.whole, order, 0, order.length);
  }

  static Dataset checked(Dataset whole, int[] indices) {
    int[] order = Require.present("data set " + whole.name(), "indices", indices).clone();
    int size = whole.size();
    for (int index : order) {
      DatasetRules.requireIndex(whole.name(), index, size);
    }
    return of(whole, order);
  }

  static Dataset slice(Dataset whole, int from, int to) {
    int all = whole.size();
    if (from < 0 || to < from || to > all) {
      throw new InvalidArgumentException(
          "data set "
              + whole.name()
              + ": slice ["
              + from
              + ", "
              + to
              + ") is outside [0, "
              + all
              + ")");
    }
    return whole instanceof Subset s
        ? new Subset(s.whole, s.order, s.first + from, to - from)
        : new Subset(whole, null, from, to - from);
  }

  private int at(int index) {
    DatasetRules.requireIndex(name(), index, size);
    return order == null ? first + index : order[first + index];
  }

  @Override
  public String name() {
    return whole.name();
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Shape shape() {
    return whole.shape();
  }

  @Override
  public List<String> classes() {
    return whole.classes();
  }

  @Override
  public Kind kind() {
    return whole.kind();
  }

  @Override
  public int readers() {
    return whole.readers();
  }

  @Override
  public void copyBytes(int index, ByteBuffer to) {
    whole.copyBytes(at(index), to);
  }

  @Override
  public void copyFloats(int index, FloatBuffer to) {
    whole.copyFloats(at(index), to);
  }

  @Override
  public boolean hasTargets() {
    return whole.hasTargets();
  }

  @Override
  public int label(int index) {
    return whole.label(at(index));
  }

  @Override
  public Shape targetShape() {
    return whole.targetShape();
  }

  @Override
  public void copyTarget(int index, FloatBuffer to) {
    whole.copyTarget(at(index), to);
  }

  @Override
  public void copyTarget(int index, BoxMove boxes, FloatBuffer to) {
    whole.copyTarget(at(index), boxes, to);
  }

  @Override
  public boolean hasWeights() {
    return whole.hasWeights();
  }

  @Override
  public float weight(int index) {
    return whole.weight(at(index));
  }

  @Override
  public String toString() {
    return DatasetRules.line(this);
  }
}
