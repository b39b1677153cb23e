package dev.quern.spark;

import dev.quern.data.Dataset;
import dev.quern.tensor.Shape;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The samples of a partition.
 *
 * @param labels the classes; of no meaning where there are targets
 * @param targets null where there are labels
 * @param problem what is wrong with a row, so that there are no samples; null where nothing is
 * @param pixels null where samples are floats
 * @param floats null where they are pixels
 */
record Part(
    String name,
    long[] dims,
    String[] classNames,
    byte @Nullable [] pixels,
    float @Nullable [] floats,
    int[] labels,
    float @Nullable [] targets,
    @Nullable String problem)
    implements Dataset, Serializable {
  @Override
  public int size() {
    return labels.length;
  }

  @Override
  public Shape shape() {
    return Shape.of(dims);
  }

  @Override
  public List<String> classes() {
    return List.of(classNames);
  }

  @Override
  public Kind kind() {
    return pixels == null ? Kind.FLOATS : Kind.BYTES;
  }

  @Override
  public void copyBytes(int index, ByteBuffer to) {
    int each = (int) shape().elements();
    to.put(pixels, index * each, each);
  }

  @Override
  public void copyFloats(int index, FloatBuffer to) {
    int each = (int) shape().elements();
    to.put(floats, index * each, each);
  }

  @Override
  public int label(int index) {
    return labels[index];
  }

  @Override
  public boolean hasTargets() {
    return targets != null;
  }

  @Override
  public Shape targetShape() {
    return Shape.of(targetLength());
  }

  private int targetLength() {
    return targets.length / Math.max(1, labels.length);
  }

  @Override
  public void copyTarget(int index, FloatBuffer to) {
    to.put(targets, index * targetLength(), targetLength());
  }

  /** For each channel the sum of its pixels, then the sum of their squares. */
  long[] sums() {
    int channels = (int) dims[0];
    long[] sums = new long[2 * channels];
    int plane = (int) shape().elements() / channels;
    for (int i = 0; pixels != null && i < pixels.length; i++) {
      int v = pixels[i] & 0xFF;
      int c = i / plane % channels;
      sums[c] += v;
      sums[channels + c] += (long) v * v;
    }
    return sums;
  }
}
