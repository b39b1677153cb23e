package dev.quern.plan.load;

import dev.quern.data.Normalization;
import dev.quern.error.InvalidArgumentException;
import dev.quern.feed.CheckedDataset;
import dev.quern.feed.EpochAugmentation;
import dev.quern.feed.ImageBatch;
import dev.quern.internal.arguments.Heap;
import dev.quern.kernel.LayoutKernel;
import dev.quern.plan.memory.Value;
import java.util.concurrent.Executor;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;

/**
 * Loads float samples into a plan: reads samples into the heap, then shifts and normalizes them in
 * Java. Not thread-safe.
 */
final class FloatStage {
  private final int number;
  private final Value input;
  private final boolean planes;
  private final int batch;

  /** The samples of a batch as read, in C, H, W order; null before the first use. */
  private float[] staged;

  private float[] sample;

  /**
   * Creates the stage.
   *
   * @param number the index of the input in the network
   */
  FloatStage(int number, Value input, boolean planes, int batch) {
    this.number = number;
    this.input = input;
    this.planes = planes;
    this.batch = batch;
  }

  void gather(ImageBatch b, Executor threads) {
    CheckedDataset data = b.data().input(number);
    int each = data.each();
    if (staged == null) {
      long all = (long) batch * each;
      if (all > Heap.MOST) {
        throw new InvalidArgumentException(
            "plan: a batch of " + batch + " samples has more floats than a Java array can contain");
      }
      staged = Heap.floats("plan: samples", all);
      sample = Heap.floats("plan: sample", each);
    }
    data.copyFloats(b, staged, b.movesOf(number), threads);
  }

  /** Copies the samples read last, without normalization, in C, H, W order. */
  void copy(ImageBatch b, FloatPointer to) {
    to.put(staged, 0, b.n() * sample.length);
  }

  /**
   * Normalizes and shifts the samples that were read last, and stores them in the plan's memory
   * order.
   *
   * @param moves the shift of each image; not read if the batch has no shifts
   */
  void load(ImageBatch b, Normalization normalization, IntPointer moves, FloatPointer to) {
    normalization.requireFit(input.shape());
    float[] mean = normalization.mean();
    float[] std = normalization.std();
    int plane = sample.length / mean.length;
    boolean moved = b.isMoved(number);
    for (int i = 0; i < b.n(); i++) {
      for (int c = 0; c < mean.length; c++) {
        int from = i * sample.length + c * plane;
        int first = planes ? c * plane : c;
        int step = planes ? 1 : mean.length;
        if (!moved) {
          for (int k = 0; k < plane; k++) {
            sample[first + k * step] = (staged[from + k] - mean[c]) / std[c];
          }
        } else {
          moved(from, moves, i * EpochAugmentation.NUMBERS, first, step, mean[c], std[c]);
        }
      }
      to.position((long) i * sample.length).put(sample, 0, sample.length);
    }
    to.position(0);
  }

  /**
   * Shifts and normalizes one channel of a sample, as the native function {@code quern_images} does
   * for bytes.
   */
  private void moved(
      int from, IntPointer moves, int at, int first, int step, float mean, float std) {
    int height = (int) input.shape().dim(1);
    int width = (int) input.shape().dim(2);
    int down = moves.get(at);
    int right = moves.get(at + 1);
    boolean mirrored = (moves.get(at + 2) & LayoutKernel.MIRRORED) != 0;
    boolean reflect = (moves.get(at + 2) & LayoutKernel.REFLECT) != 0;
    for (int y = 0, k = 0; y < height; y++) {
      for (int x = 0; x < width; x++, k++) {
        int sy = reflect ? reflected(y + down, height) : y + down;
        int tx = (mirrored ? width - 1 - x : x) + right;
        int sx = reflect ? reflected(tx, width) : tx;
        boolean inside = sy >= 0 && sy < height && sx >= 0 && sx < width;
        float value = inside ? staged[from + sy * width + sx] : 0;
        sample[first + k * step] = (value - mean) / std;
      }
    }
  }

  /**
   * Reflects a coordinate at the borders of an axis. The coordinate's distance from the axis must
   * be less than {@code length}.
   */
  static int reflected(int at, int length) {
    return at < 0 ? -at : at >= length ? 2 * (length - 1) - at : at;
  }
}
