package dev.quern.spark;

import dev.quern.error.MemoryLimitException;
import dev.quern.error.QuernException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.api.java.function.Function2;
import org.apache.spark.sql.Row;
import org.jspecify.annotations.Nullable;

/** Makes the rows of a partition its samples. */
record PartReader(FeatureColumn features, TargetColumn target)
    implements Function2<Integer, Iterator<Row>, Iterator<Part>>, Serializable {
  private static final int FIRST = 256;

  /** One part; where a row is wrong, one that says so, since another attempt would be in vain. */
  @Override
  public Iterator<Part> call(Integer partition, Iterator<Row> rows) {
    Samples samples = new Samples(this);
    while (rows.hasNext()) {
      try {
        add(rows.next(), samples);
      } catch (QuernException e) {
        String row = "row " + samples.count + " of partition " + partition;
        return List.of(part(samples.none(), "spark: " + row + ": " + e.getMessage())).iterator();
      }
    }
    return List.of(part(samples, null)).iterator();
  }

  private Part part(Samples of, @Nullable String problem) {
    String name = "column " + features.name();
    return new Part(
        name,
        features.dims(),
        target.classes(),
        of.pixels(),
        of.floats(),
        of.labels(),
        of.targets(),
        problem);
  }

  private void add(Row row, Samples to) {
    to.reserve();
    if (target.numbers() == null) {
      to.labels[to.count] = target.label(row);
    } else {
      target.numbers().floats(row, to.targets, to.count * to.eachTarget);
    }
    if (features.arePictures()) {
      byte[] own = features.picture(row, FeatureColumn.plain(features.shape())).pixels();
      System.arraycopy(own, 0, to.pixels, to.count * to.each, to.each);
    } else {
      features.floats(row, to.floats, to.count * to.each);
    }
    to.count++;
  }

  /** Arrays that grow. */
  private static final class Samples {
    private final PartReader of;
    private final int each;
    private final int eachTarget;
    private byte[] pixels;
    private float[] floats;
    private int[] labels = new int[0];
    private float[] targets;
    private int count;

    Samples(PartReader of) {
      this.of = of;
      each = (int) of.features.shape().elements();
      pixels = of.features.arePictures() ? new byte[0] : null;
      floats = pixels == null ? new float[0] : null;
      FeatureColumn numbers = of.target.numbers();
      eachTarget = numbers == null ? 0 : (int) numbers.shape().elements();
      targets = numbers == null ? null : new float[0];
    }

    Samples none() {
      return new Samples(of);
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

    /** Makes room for one more. */
    void reserve() {
      if (count < labels.length) {
        return;
      }
      int most = (Integer.MAX_VALUE - 8) / Math.max(each, eachTarget);
      if (count == most) {
        throw new MemoryLimitException(
            "a partition holds at most "
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
