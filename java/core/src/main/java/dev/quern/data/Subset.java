package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Heap;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** Some samples of a set, in an order of their own. */
final class Subset implements Dataset {
  private final Dataset whole;
  private final int[] order;

  private Subset(Dataset whole, int[] order) {
    this.whole = whole;
    this.order = order;
  }

  /** Sample {@code i} is that of index {@code order[i]}. */
  static Dataset of(Dataset whole, int[] order) {
    if (!(whole instanceof Subset s)) {
      return new Subset(whole, order);
    }
    int[] composed = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      composed[i] = s.order[order[i]];
    }
    return new Subset(s.whole, composed);
  }

  static Dataset slice(Dataset whole, int from, int to) {
    int size = whole.size();
    if (from < 0 || to < from || to > size) {
      throw new InvalidArgumentException(
          "data set "
              + whole.name()
              + ": slice ["
              + from
              + ", "
              + to
              + ") is outside its "
              + size
              + " images");
    }
    int[] order = Heap.ints("data set " + whole.name() + ": slice", to - from);
    Arrays.setAll(order, i -> from + i);
    return of(whole, order);
  }

  private int at(int index) {
    DatasetRules.requireIndex(name(), index, order.length);
    return order[index];
  }

  @Override
  public String name() {
    return whole.name();
  }

  @Override
  public int size() {
    return order.length;
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
  public String toString() {
    return DatasetRules.line(this);
  }
}
