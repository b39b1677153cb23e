package dev.quern.spark;

import dev.quern.error.MemoryLimitException;
import dev.quern.error.QuernException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.Row;

/** A function that converts the rows of a partition to samples. */
record PartReader(FeatureColumn features, TargetColumn target)
    implements Function2<Integer, Iterator<Row>, Iterator<Part>>, Serializable {
  private static final int FIRST = 256;

  /**
   * Reads one partition. An error in a row is returned as a part rather than thrown, because a
   * retry by Spark would fail as well.
   */
  @Override
  public Iterator<Part> call(Integer partition, Iterator<Row> rows) {
    Rows read = new Rows(this);
    while (rows.hasNext()) {
      try {
        add(rows.next(), read);
      } catch (QuernException e) {
        String row = "spark: row " + read.count + " of partition " + partition;
        return List.of(Part.without(this, row + ": " + e.getMessage())).iterator();
      }
    }
    return List.of(Part.of(this, read)).iterator();
  }

  private void add(Row row, Rows to) {
    to.reserve();
    if (target.numbers() == null) {
      to.labels[to.count] = target.label(row);
    } else {
      target.numbers().floats(row, to.targets, to.count * to.eachTarget);
    }
    if (features.areImages()) {
      byte[] own = features.image(row, FeatureColumn.plain(features.shape())).pixels();
      System.arraycopy(own, 0, to.pixels, to.count * to.each, to.each);
    } else {
      features.floats(row, to.floats, to.count * to.each);
    }
    to.count++;
  }

  /** The samples read so far, in growing arrays. */
  static final class Rows {
    final int each;
    final int eachTarget;
    private byte[] pixels;
    private float[] floats;
    private int[] labels = new int[0];
    private float[] targets;
    private int count;

    Rows(PartReader of) {
      each = (int) of.features.shape().elements();
      pixels = of.features.areImages() ? new byte[0] : null;
      floats = pixels == null ? new float[0] : null;
      FeatureColumn numbers = of.target.numbers();
      eachTarget = numbers == null ? 0 : (int) numbers.shape().elements();
      targets = numbers == null ? null : new float[0];
    }

    byte[] pixels() {
      return pixels == null ? null : Arrays.copyOf(pixels, count * each);
    }

    float[] floats() {
      return floats == null ? null : Arrays.copyOf(floats, count * each);
    }

    float[] targets() {
      return targets == null ? null : Arrays.copyOf(targets, count * eachTarget);
    }

    int[] labels() {
      return Arrays.copyOf(labels, count);
    }

    /** Grows the arrays if they have no space for another sample. */
    void reserve() {
      if (count < labels.length) {
        return;
      }
      int most = (Integer.MAX_VALUE - 8) / Math.max(each, eachTarget);
      if (count == most) {
        throw new MemoryLimitException(
            "a partition can contain at most "
                + most
                + " samples of "
                + each
                + " values: make more partitions");
      }
      int room = (int) Math.min(most, Math.max(FIRST, 2L * count));
      labels = Arrays.copyOf(labels, room);
      pixels = pixels == null ? null : Arrays.copyOf(pixels, room * each);
      floats = floats == null ? null : Arrays.copyOf(floats, room * each);
      targets = targets == null ? null : Arrays.copyOf(targets, room * eachTarget);
    }
  }
}
