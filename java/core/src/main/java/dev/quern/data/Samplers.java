package dev.quern.data;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import java.util.Arrays;

/** The built-in samplers. */
final class Samplers {
  private static final String OP = "sampler";

  private Samplers() {}

  /**
   * The default sampler, which shuffles. The trainer recognizes {@link Sampler#SHUFFLED} and
   * shuffles without calling it.
   */
  record Shuffled() implements Sampler {
    @Override
    public int[] order(int samples, int epoch, RandomNumbers random) {
      int[] order = Heap.ints(OP, requireSome(samples));
      Require.present(OP, "random", random);
      for (int i = 0; i < samples; i++) {
        int j = random.below(i + 1);
        order[i] = order[j];
        order[j] = i;
      }
      return order;
    }
  }

  record Sequential() implements Sampler {
    @Override
    public int[] order(int samples, int epoch, RandomNumbers random) {
      int[] order = Heap.ints(OP, requireSome(samples));
      Arrays.setAll(order, i -> i);
      return order;
    }
  }

  /** A sampler that draws samples with replacement by their weights. */
  static final class Weighted implements Sampler {
    private final double[] sums;

    private Weighted(double[] sums) {
      this.sums = sums;
    }

    static Sampler of(double[] weights) {
      double[] sums = Heap.doubles(OP, Require.present(OP, "weights", weights).length);
      double sum = 0;
      for (int i = 0; i < sums.length; i++) {
        double w = weights[i]; // read once, since the caller may modify the array
        if (!(w >= 0)) {
          throw new InvalidArgumentException(OP + ": weight " + w + " must be at least 0");
        }
        sum += w;
        sums[i] = sum;
      }
      if (!(sum > 0) || Double.isInfinite(sum)) {
        throw new InvalidArgumentException(
            OP + ": the sum of weights must be finite and above 0, found " + sum);
      }
      return new Weighted(sums);
    }

    @Override
    public int[] order(int samples, int epoch, RandomNumbers random) {
      if (samples != sums.length) {
        throw new InvalidArgumentException(
            OP + ": " + sums.length + " weights do not fit " + samples + " samples");
      }
      Require.present(OP, "random", random);
      int[] order = Heap.ints(OP, samples);
      double all = sums[samples - 1];
      for (int i = 0; i < samples; i++) {
        order[i] = first(Math.min(random.uniform() * all, Math.nextDown(all)));
      }
      return order;
    }

    /**
     * Returns the index of the first sample whose cumulative weight exceeds a number. Such a sample
     * has a positive weight.
     */
    private int first(double above) {
      int low = 0;
      int high = sums.length - 1;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (sums[middle] > above) {
          high = middle;
        } else {
          low = middle + 1;
        }
      }
      return low;
    }

    @Override
    public String toString() {
      return "Weighted[samples=" + sums.length + ", hash=" + Arrays.hashCode(sums) + "]";
    }
  }

  private static int requireSome(int samples) {
    if (samples < 1) {
      throw new InvalidArgumentException(OP + ": samples " + samples + " must be at least 1");
    }
    return samples;
  }
}
