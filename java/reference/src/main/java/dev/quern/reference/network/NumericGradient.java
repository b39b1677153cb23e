package dev.quern.reference.network;

import dev.quern.reference.NdArray;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Central differences {@code (f(x + h) - f(x - h)) / 2h} of a case's loss at random entries of a
 * tensor.
 *
 * <p>ReLU, max-pooling and similar layers make kinks in the loss at unknown positions. A kink on
 * one side of x can change the central difference by at most half the difference between the
 * one-sided quotients {@code (f(x + h) - f(x)) / h} and {@code (f(x) - f(x - h)) / h}. If this
 * bound is too large, the step is reduced; at the smallest step, another entry is drawn.
 */
final class NumericGradient {
  /**
   * Values of h, relative to |x| if |x| is above 1. The first is best for rounding errors, which
   * are of order {@code 1e-16 / h}.
   */
  private static final double[] STEPS = {1e-6, 1e-7, 1e-8};

  /** Largest number of entries that are drawn per wanted entry. */
  private static final int TRIES = 5;

  /** The difference quotient at an entry. */
  record Entry(int index, double value) {}

  private final GradientCase gradientCase;
  private final double loss;
  private final double tolerance;

  /**
   * Creates the differences of a case.
   *
   * @param tolerance largest difference of the one-sided quotients, relative to the tensor's scale
   */
  NumericGradient(GradientCase gradientCase, double tolerance) {
    this.gradientCase = gradientCase;
    this.loss = gradientCase.loss();
    this.tolerance = tolerance;
  }

  /**
   * Computes quotients at {@code wanted} random entries, or at all entries if the tensor has fewer.
   * The list is shorter if an entry and all its replacements are at kinks.
   *
   * @param scale magnitude of the tensor's gradients
   */
  List<Entry> entries(String tensor, int wanted, double scale, long seed) {
    int size = gradientCase.tensor(tensor).size();
    int slots = Math.min(size, wanted);
    int[] drawn = draw(size, slots, new SplittableRandom(seed));
    return IntStream.range(0, slots)
        .parallel()
        .mapToObj(slot -> entry(tensor, drawn, slot, slots, scale))
        .filter(Objects::nonNull)
        .toList();
  }

  /**
   * Draws distinct entries. The first {@code slots} are tried first; the other entries replace
   * entries at kinks.
   */
  private static int[] draw(int size, int slots, SplittableRandom random) {
    if (size <= slots * TRIES) {
      return IntStream.range(0, size).toArray();
    }
    Set<Integer> drawn = new LinkedHashSet<>();
    while (drawn.size() < slots * TRIES) {
      drawn.add(random.nextInt(size));
    }
    return drawn.stream().mapToInt(Integer::intValue).toArray();
  }

  /**
   * Returns the first usable entry of those drawn for a slot, or null if all of them are at kinks.
   */
  private Entry entry(String tensor, int[] drawn, int slot, int slots, double scale) {
    for (int i = slot; i < drawn.length; i += slots) {
      double quotient = quotient(tensor, drawn[i], scale);
      if (!Double.isNaN(quotient)) {
        return new Entry(drawn[i], quotient);
      }
    }
    return null;
  }

  /**
   * Returns the central difference at an entry, or NaN if the loss has a kink there at every step.
   */
  private double quotient(String tensor, int index, double scale) {
    NdArray moved = gradientCase.tensor(tensor).copy();
    double value = moved.get(index);
    for (double step : STEPS) {
      double h = step * Math.max(1, Math.abs(value));
      moved.set(index, value + h);
      double above = (gradientCase.lossWith(tensor, moved) - loss) / h;
      moved.set(index, value - h);
      double below = (loss - gradientCase.lossWith(tensor, moved)) / h;
      double central = (above + below) / 2;
      if (Math.abs(above - below) <= tolerance * Math.max(scale, Math.abs(central))) {
        return central;
      }
    }
    return Double.NaN;
  }
}
