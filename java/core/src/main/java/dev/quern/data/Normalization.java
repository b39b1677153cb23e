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
 * Normalization of samples to a network's input values: {@code (byte / 255 - mean[c]) / std[c]} for
 * channel c of byte samples, {@code (value - mean[c]) / std[c]} for float samples. A sample {@code
 * [F]}, such as a table row, has one mean for all features or one mean per feature. A model stores
 * the normalization with which it was trained.
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
                + " must be finite, and the deviation above 0");
      }
    }
  }

  /** Returns a normalization that only scales bytes to [0, 1]. */
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

  /**
   * Returns a normalization that only scales bytes to [0, 1], for samples of this shape, {@code [C,
   * H, W]} or {@code [F]}.
   */
  public static Normalization unit(Shape input) {
    return unit(channels(input));
  }

  /**
   * Computes the normalization of bytes from their sums; the bytes are scaled to [0, 1] first. The
   * result is bit-identical to {@link Dataset#normalization()} for the same bytes.
   *
   * @param count the number of bytes in each channel, at least 1
   * @param sums the sum of the unsigned bytes of each channel
   * @param squares the sum of the squared bytes of each channel
   * @throws InvalidArgumentException if the sums are not possible for this number of bytes
   */
  public static Normalization ofBytes(long count, long[] sums, long[] squares) {
    long[] s = Require.present("normalization", "sums", sums).clone();
    long[] q = Require.present("normalization", "squares", squares).clone();
    int channels = s.length;
    if (channels != q.length) {
      throw new InvalidArgumentException(
          "normalization: expected " + channels + " sums of squares, found " + q.length);
    }
    if (count < 1) {
      throw new InvalidArgumentException("normalization: count " + count + " must be at least 1");
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
   * Checks that the number of means fits an input shape.
   *
   * @param input the shape of one sample: {@code [C, H, W]} requires C means; {@code [F]}, {@code
   *     [1, F]} and {@code [1, 1, F]} require 1 or F; other shapes require 1
   * @throws ShapeException if the number of means does not fit the shape
   */
  public void requireFit(Shape input) {
    long wanted = channels(input);
    if (mean.length != wanted && mean.length != features(input)) {
      throw new ShapeException(
          "normalization: "
              + mean.length
              + " channels do not fit input "
              + input
              + ", which requires "
              + wanted
              + (features(input) > 1 ? " or " + features(input) : ""));
    }
  }

  /** Returns F for {@code [F]}, {@code [1, F]} and {@code [1, 1, F]}; 0 for other shapes. */
  private static long features(Shape input) {
    for (int axis = 0; axis < input.rank(); axis++) {
      if (input.isFree(axis) || axis < input.rank() - 1 && input.dim(axis) != 1) {
        return 0;
      }
    }
    return input.rank() == 0 ? 0 : input.dim(input.rank() - 1);
  }

  /**
   * Returns a sample's shape as {@code [C, H, W]} with a channel for each mean.
   *
   * @param sample a shape that fits this normalization
   */
  Shape planes(Shape sample) {
    return sample.rank() == 3 && sample.dim(0) == mean.length
        ? sample
        : Shape.of(mean.length, 1, sample.elements() / mean.length);
  }

  /**
   * Creates a normalized batch of byte samples, bit-identical to a batch in training.
   *
   * @param sample the shape of each sample, {@code [C, H, W]} or {@code [F]}
   * @param samples unsigned bytes in the shape's order, at least one sample
   * @return a tensor {@code [N, ...]}, allocated in the arena
   * @throws ShapeException if a sample's size or the number of means does not fit the shape
   */
  public Tensor batch(Arena arena, Shape sample, byte[]... samples) {
    Require.present("normalization", "arena", arena);
    List<byte[]> all = all(sample, samples);
    for (byte[] values : all) {
      if (values.length != sample.elements()) {
        throw new ShapeException(
            "normalization: " + values.length + " bytes do not fill a sample of " + sample);
      }
    }
    return SampleBatches.tensor(arena, sample, all, this);
  }

  /**
   * Creates a normalized batch of float samples, for example table rows, bit-identical to a batch
   * in training.
   *
   * @param sample the shape of each sample, {@code [C, H, W]} or {@code [F]}
   * @param samples values in the shape's order, at least one sample
   * @return a tensor {@code [N, ...]}, allocated in the arena
   * @throws ShapeException if a sample's size or the number of means does not fit the shape
   * @throws NumericException if a value is not finite
   */
  public Tensor batch(Arena arena, Shape sample, float[]... samples) {
    Require.present("normalization", "arena", arena);
    List<float[]> all = all(sample, samples);
    for (float[] values : all) {
      if (values.length != sample.elements()) {
        throw new ShapeException(
            "normalization: " + values.length + " floats do not fill a sample of " + sample);
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
          "normalization: " + all.size() + " samples of " + sample + " do not form a batch");
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
