package dev.quern.io.folder;

import dev.quern.data.Dataset;
import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.tensor.Shape;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;

/** A data set of selected images of a folder, in a given order. */
final class PictureSet implements Dataset {
  private final String name;
  private final Labels labels;
  private final PictureSource source;

  /**
   * The indices of the set's images in the source; {@link #labels} has the labels of all images of
   * the source.
   */
  private final int[] order;

  PictureSet(String name, Labels labels, PictureSource source, int[] order) {
    this.name = name;
    this.labels = labels;
    this.source = source;
    this.order = order;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int size() {
    return order.length;
  }

  @Override
  public Shape shape() {
    return source.shape();
  }

  @Override
  public List<String> classes() {
    return labels.classes();
  }

  @Override
  public int readers() {
    return source.threads();
  }

  @Override
  public void copyBytes(int index, ByteBuffer to) {
    int each = (int) shape().elements();
    if (to == null || to.isReadOnly() || to.remaining() < each) {
      throw new InvalidArgumentException(
          "data set " + name + ": a sample of " + each + " values does not fit in " + to);
    }
    source.copy(at(index), to);
  }

  @Override
  public boolean hasTargets() {
    return labels.areTargets();
  }

  @Override
  public int label(int index) {
    return hasTargets() ? Dataset.super.label(index) : labels.strata()[at(index)];
  }

  @Override
  public Shape targetShape() {
    if (source.maskShape() != null) {
      return source.maskShape();
    }
    return hasTargets() ? labels.targetShape() : Dataset.super.targetShape();
  }

  @Override
  public void copyTarget(int index, FloatBuffer to) {
    if (!hasTargets()) {
      Dataset.super.copyTarget(index, to); // which throws an exception
    }
    long each = targetShape().elements();
    if (to == null || to.isReadOnly() || to.remaining() < each) {
      throw new InvalidArgumentException(
          "data set " + name + ": a target of " + each + " values does not fit in " + to);
    }
    if (source.maskShape() != null) {
      source.copyMask(at(index), to);
    } else {
      to.put(labels.targets()[at(index)]);
    }
  }

  private int at(int index) {
    if (index < 0 || index >= order.length) {
      throw new InvalidArgumentException(
          "data set " + name + ": image " + index + " is outside [0, " + order.length + ")");
    }
    return order[index];
  }

  /**
   * Returns the normalization, computed from sums that were recorded when the folder was opened.
   */
  @Override
  public Normalization normalization() {
    return order.length == 0 ? Dataset.super.normalization() : source.normalization(order);
  }

  @Override
  public Dataset slice(int from, int to) {
    if (from < 0 || to < from || to > order.length) {
      return Dataset.super.slice(from, to); // throws the exception with the reason
    }
    return of(Arrays.copyOfRange(order, from, to));
  }

  @Override
  public Dataset subset(int[] indices) {
    if (indices == null) {
      return Dataset.super.subset(null);
    }
    int[] own = new int[indices.length];
    for (int i = 0; i < own.length; i++) {
      own[i] = at(indices[i]);
    }
    return of(own);
  }

  private Dataset of(int[] some) {
    return new PictureSet(name, labels, source, some);
  }

  @Override
  public String toString() {
    return "Dataset "
        + name
        + ": "
        + order.length
        + " images of "
        + shape()
        + ", "
        + (hasTargets() ? "targets of " + targetShape() : labels.classes().size() + " classes");
  }
}
