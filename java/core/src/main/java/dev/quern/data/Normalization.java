package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Conversion of samples to a network's inputs: {@code (byte / 255 - mean[c]) / std[c]} for channel
 * c of bytes, {@code (value - mean[c]) / std[c]} of floats. A sample {@code [F]}, such as a row of
 * a table, has one mean or one for each feature. A model carries the one that it was trained with.
 */
public record Normalization(float[] mean, float[] std) {
  public Normalization {
    mean = Require.present("normalization", "mean", mean).clone();
    std = Require.present("normalization", "std", std).clone();
    if (mean.length == 0 || mean.length != std.length) {
      throw new InvalidArgumentException(
          "normalization: "
              + mean.length
              + " means and "
              + std.length
              + " deviations, expected one of each per channel");
    }
    for (int c = 0; c < mean.length; c++) {
      if (!Float.isFinite(mean[c]) || !(std[c] > 0) || Float.isInfinite(std[c])) {
        throw new InvalidArgumentException(
            "normalization: mean "
                + mean[c]
                + " and deviation "
                + std[c]
                + " of channel "
                + c
                + " must be finite, the deviation above 0");
      }
    }
  }

  /** Scaling to [0, 1] only. */
  public static Normalization unit(int channels) {
    return unit((long) channels);
  }

  private static Normalization unit(long channels) {
    if (channels < 1) {
      throw new InvalidArgumentException(
          "normalization: channels " + channels + " must be at least 1");
    }
    float[] one = Heap.floats("normalization", channels);
    Arrays.fill(one, 1);
    return new Normalization(Heap.floats("normalization", channels), one);
  }

  /** Scaling to [0, 1] only, of samples of a shape, {@code [C, H, W]} or {@code [F]}. */
  public static Normalization unit(Shape input) {
    return unit(channels(input));
  }

  /**
   * Computes mean and standard deviation of bytes from their sums, after scaling to [0, 1]; bit for
   * bit equal to {@link Dataset#normalization()} of the same bytes.
   *
   * @param count number of bytes in each channel, at least 1
   * @param sums sums of the unsigned bytes of each channel
   * @param squares sums of their squares
   * @throws InvalidArgumentException if the sums are not possible for this number of bytes
   */
  public static Normalization ofBytes(long count, long[] sums, long[] squares) {
    long[] s = Require.present("normalization", "sums", sums).clone();
    long[] q = Require.present("normalization", "squares", squares).clone();
    int channels = s.length;
    if (channels != q.length || count < 1) {
      throw new InvalidArgumentException(
          "normalization: "
              + channels
              + " sums and "
              + q.length
              + " sums of squares of "
              + count
              + " bytes do not match");
    }
    double[] first = new double[channels];
    double[] second = new double[channels];
    for (int c = 0; c < channels; c++) {
      first[c] = s[c];
      second[c] = q[c];
      boolean ofBytes = q[c] >= s[c] && second[c] <= 255 * first[c];
      if (s[c] < 0 || !ofBytes || first[c] > 255.0 * count) {
        throw new InvalidArgumentException(
            "normalization: sums " + s[c] + " and " + q[c] + " do not match " + count + " bytes");
      }
    }
    return Statistics.of(count, 255, first, second);
  }

  /**
   * Checks that there is a mean and a deviation for each channel, or for each feature of a row.
   *
   * @param input one sample's shape: {@code [C, H, W]} takes C means, {@code [F]} and the same row
   *     as {@code [1, F]} or {@code [1, 1, F]} take 1 or F, others take 1
   * @throws ShapeException if there is not
   */
  public void requireFit(Shape input) {
    long wanted = channels(input);
    if (mean.length != wanted && mean.length != features(input)) {
      throw new ShapeException(
          "normalization: "
              + mean.length
              + " channels do not fit input "
              + input
              + ", which has "
              + wanted
              + (features(input) > 1 ? " of " + features(input) + " features" : ""));
    }
  }

  /** How many values lie in a row, {@code [F]} or its other forms; 0 for other shapes. */
  private static long features(Shape input) {
    for (int axis = 0; axis < input.rank(); axis++) {
      if (input.isFree(axis) || axis < input.rank() - 1 && input.dim(axis) != 1) {
        return 0;
      }
    }
    return input.rank() == 0 ? 0 : input.dim(input.rank() - 1);
  }

  /**
   * A sample's shape as channels, height and width, with a channel for each mean.
   *
   * @param sample a shape that this fits
   */
  Shape planes(Shape sample) {
    return sample.rank() == 3 && sample.dim(0) == mean.length
        ? sample
        : Shape.of(mean.length, 1, sample.elements() / mean.length);
  }

  /**
   * A batch of samples of bytes as training sees them, to the bit.
   *
   * @param sample the shape of each, {@code [C, H, W]} or {@code [F]}
   * @param samples their unsigned bytes in the shape's order, at least one
   * @return {@code [N, ...]}, in the arena
   * @throws ShapeException if a sample has another size, or there is not a mean for each channel
   */
  public Tensor batch(Arena arena, Shape sample, byte[]... samples) {
    Require.present("normalization", "arena", arena);
    List<byte[]> all = all(sample, samples);
    for (byte[] values : all) {
      if (values.length != sample.elements()) {
        throw new ShapeException(
            "normalization: " + values.length + " bytes are not a sample of " + sample);
      }
    }
    return SampleBatches.tensor(arena, sample, all, this);
  }

  /**
   * A batch of samples of floats as training sees them, to the bit: rows of a table for example.
   *
   * @param sample the shape of each, {@code [C, H, W]} or {@code [F]}
   * @param samples their values in the shape's order, at least one
   * @return {@code [N, ...]}, in the arena
   * @throws ShapeException if a sample has another size, or there is not a mean for each channel
   * @throws NumericException if a value is not finite
   */
  public Tensor batch(Arena arena, Shape sample, float[]... samples) {
    Require.present("normalization", "arena", arena);
    List<float[]> all = all(sample, samples);
    for (float[] values : all) {
      if (values.length != sample.elements()) {
        throw new ShapeException(
            "normalization: " + values.length + " floats are not a sample of " + sample);
      }
    }
    return SampleBatches.floats(arena, sample, all, this);
  }

  private <T> List<T> all(Shape sample, T[] samples) {
    requireFit(sample);
    List<T> all =
        Require.all(
            "normalization",
            "samples",
            Arrays.asList(Require.present("normalization", "samples", samples)));
    if (all.isEmpty() || sample.isFree() || sample.elements() < 1) {
      throw new ShapeException(
          "normalization: " + all.size() + " samples of " + sample + " are not a batch");
    }
    return all;
  }

  private static long channels(Shape input) {
    return Require.present("normalization", "input", input).rank() == 3 ? input.dim(0) : 1;
  }

  public int channels() {
    return mean.length;
  }

  @Override
  public float[] mean() {
    return mean.clone();
  }

  @Override
  public float[] std() {
    return std.clone();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Normalization n
        && Arrays.equals(mean, n.mean)
        && Arrays.equals(std, n.std);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(mean) + Arrays.hashCode(std);
  }

  @Override
  public String toString() {
    return "mean " + Arrays.toString(mean) + ", std " + Arrays.toString(std);
  }
}
