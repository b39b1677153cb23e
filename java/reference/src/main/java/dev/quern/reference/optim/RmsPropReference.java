package dev.quern.reference.optim;

import dev.quern.optim.RmsProp;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import java.util.List;

/** Reference implementation of {@link RmsProp}. */
public final class RmsPropReference {
  private RmsPropReference() {}

  /**
   * Updates a weight in place: {@code g += weightDecay w; s = alpha s + (1 - alpha) g^2; b =
   * momentum b + g / (sqrt(s) + eps); w -= lr b}. If centered, {@code s - a^2} replaces s in b,
   * where {@code a = alpha a + (1 - alpha) g}.
   *
   * @param weight w; changed
   * @param gradient g; not changed
   * @param states s, then b with momentum, then a if centered; zeros before the first step; changed
   */
  public static void step(RmsProp rmsProp, NdArray weight, NdArray gradient, List<NdArray> states) {
    Require.present("rmsprop", "rmsProp, weight", rmsProp, weight);
    Checks.shape("rmsprop", "gradient", gradient, weight.shape());
    List<NdArray> own = Checks.states(rmsProp, states, weight.shape());
    double alpha = rmsProp.alpha();
    for (int i = 0; i < weight.size(); i++) {
      double g = gradient.get(i) + rmsProp.weightDecay() * weight.get(i);
      double square = alpha * own.get(0).get(i) + (1 - alpha) * g * g;
      own.get(0).set(i, square);
      double by = g / (Math.sqrt(square - centre(rmsProp, g, own, i)) + rmsProp.eps());
      if (rmsProp.momentum() > 0) {
        by += rmsProp.momentum() * own.get(1).get(i);
        own.get(1).set(i, by);
      }
      weight.add(i, -rmsProp.lr() * by);
    }
  }

  /** Returns {@code a^2}, at most s despite rounding, or 0 if not centered. */
  private static double centre(RmsProp rmsProp, double g, List<NdArray> states, int i) {
    if (!rmsProp.centered()) {
      return 0;
    }
    NdArray averages = states.get(states.size() - 1);
    double average = rmsProp.alpha() * averages.get(i) + (1 - rmsProp.alpha()) * g;
    averages.set(i, average);
    return Math.min(average * average, states.get(0).get(i));
  }
}
