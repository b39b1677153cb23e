package dev.quern.spark;

import dev.quern.data.Dataset;
import dev.quern.tensor.Shape;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The samples of a partition. This class is not a record, because Kryo, which Spark may use, cannot
 * deserialize records.
 */
final class Part implements Dataset, Serializable {
  private static final long serialVersionUID = 1;

  private final String name;
  private final long[] dims;
  private final int each;
  private final String[] classes;
  private final byte @Nullable [] pixels;
  private final float @Nullable [] floats;
  private final int[] labels;
  private final float @Nullable [] targets;
  private final int targetLength;
  private final @Nullable String problem;

  private Part(PartReader reader, PartReader.Rows rows, @Nullable String problem) {
    name = "column " + reader.features().name();
    dims = reader.features().dims();
    each = rows.each;
    classes = reader.target().classes();
    pixels = rows.pixels();
    floats = rows.floats();
    labels = rows.labels();
    targets = rows.targets();
    targetLength = rows.eachTarget;
    this.problem = problem;
  }

  static Part of(PartReader reader, PartReader.Rows rows) {
    return new Part(reader, rows, null);
  }

  /**
   * Returns a part that reports an invalid row and contains no samples.
   *
   * @param problem the error in the row
   */
  static Part without(PartReader reader, String problem) {
    return new Part(reader, new PartReader.Rows(reader), problem);
  }

  /** Returns the error in an invalid row; null if all rows are valid. */
  @Nullable String problem() {
    return problem;
  }

  @Override
  public String name() {
    return name;
  }

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
    return List.of(classes);
  }

  @Override
  public Kind kind() {
    return pixels == null ? Kind.FLOATS : Kind.BYTES;
  }

  @Override
  public void copyBytes(int index, ByteBuffer to) {
    to.put(pixels, index * each, each);
  }

  @Override
  public void copyFloats(int index, FloatBuffer to) {
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
    return Shape.of(targetLength);
  }

  @Override
  public void copyTarget(int index, FloatBuffer to) {
    to.put(targets, index * targetLength, targetLength);
  }

  /** Returns the number of values per channel over all samples. */
  long plane() {
    return (long) labels.length * (each / dims[0]);
  }

  /**
   * Returns the sum of pixel values for each channel, then the sum of squared pixel values for each
   * channel.
   */
  long[] sums() {
    int channels = (int) dims[0];
    long[] sums = new long[2 * channels];
    int plane = each / channels;
    for (int i = 0; pixels != null && i < pixels.length; i++) {
      int v = pixels[i] & 0xFF;
      int c = i / plane % channels;
      sums[c] += v;
      sums[channels + c] += (long) v * v;
    }
    return sums;
  }
}
