package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;

/** A data set whose samples and labels are in arrays. Samples are not copied. */
final class ArrayDataset implements Dataset {
  private final String name;
  private final Shape shape;
  private final int each;
  private final List<String> classes;
  private final Values values;
  private final int size;

  /** The label of each sample; null for a data set with targets. */
  private final int[] labels;

  private ArrayDataset(
      String name, Shape shape, List<String> classes, Values values, int size, int[] labels) {
    this.name = Require.present("data set", "name", name);
    this.classes = Require.all("data set " + name, "classes", classes);
    if (values.bytes() == null && values.floats() == null) {
      throw new InvalidArgumentException("data set " + name + ": values is null");
    }
    this.shape = Require.present("data set " + name, "shape", shape);
    each = DatasetRules.each(name, shape);
    if ((long) size * each != values.length()) {
      throw new InvalidArgumentException(
          "data set "
              + name
              + ": "
              + values.length()
              + (values.kind() == Kind.BYTES ? " bytes" : " floats")
              + " do not fill "
              + size
              + " images of "
              + shape);
    }
    this.values = values;
    this.size = size;
    this.labels = labels;
  }

  static Dataset of(String name, Shape shape, List<String> classes, Values values, int[] labels) {
    int[] own = Require.present("data set " + name, "labels", labels).clone();
    int size = own.length;
    ArrayDataset made = new ArrayDataset(name, shape, classes, values, size, own);
    int most = made.classes.size();
    for (int i = 0; i < size; i++) {
      if (own[i] < 0 || own[i] >= most) {
        throw new InvalidArgumentException(
            "data set "
                + name
                + ": label "
                + own[i]
                + " of image "
                + i
                + " is outside [0, "
                + (most - 1)
                + "]");
      }
    }
    return made;
  }

  static Dataset ofTargets(
      String name, Shape shape, Values values, Shape targetShape, FloatBuffer targets) {
    Targets t = Targets.of(name, targetShape, targets);
    return TargetDataset.of(new ArrayDataset(name, shape, List.of(), values, t.size(), null), t);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Shape shape() {
    return shape;
  }

  @Override
  public List<String> classes() {
    return classes;
  }

  @Override
  public Kind kind() {
    return values.kind();
  }

  @Override
  public void copyBytes(int index, ByteBuffer to) {
    DatasetRules.requireIndex(name, index, size);
    if (kind() != Kind.BYTES) {
      throw DatasetRules.hasNo(this, "bytes");
    }
    DatasetRules.requireRoom(name, each, to);
    values.copy(index * each, each, to);
  }

  @Override
  public void copyFloats(int index, FloatBuffer to) {
    DatasetRules.requireIndex(name, index, size);
    if (kind() != Kind.FLOATS) {
      throw DatasetRules.hasNo(this, "floats");
    }
    DatasetRules.requireRoom(name, each, to);
    values.copy(index * each, each, to);
  }

  @Override
  public int label(int index) {
    DatasetRules.requireIndex(name, index, size);
    return labels[index];
  }

  @Override
  public String toString() {
    return DatasetRules.line(this);
  }
}
