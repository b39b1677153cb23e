package dev.quern.reference.optim;

import dev.quern.optim.Adam;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import java.util.List;

/** Reference implementation of {@link Adam}. */
public final class AdamReference {
  private AdamReference() {}

  /**
   * Updates a weight in place: {@code g += weightDecay w; m = beta1 m + (1 - beta1) g; v = beta2 v
   * + (1 - beta2) g^2; w -= lr / (1 - beta1^t) m / (sqrt(v / (1 - beta2^t)) + eps)}; with AMSGrad,
   * the largest v so far replaces v in the last formula.
   *
   * @param weight w; changed
   * @param gradient g; not changed
   * @param states m, v and, with AMSGrad, the largest v; zeros before the first step; changed
   * @param step t, 1 for the first step
   */
  public static void step(
      Adam adam, NdArray weight, NdArray gradient, List<NdArray> states, long step) {
    Require.present("adam", "adam, weight", adam, weight);
    Checks.shape("adam", "gradient", gradient, weight.shape());
    List<NdArray> own = Checks.states(adam, states, weight.shape());
    double correction1 = 1 - StrictMath.pow(adam.beta1(), step);
    double correction2 = 1 - StrictMath.pow(adam.beta2(), step);
    for (int i = 0; i < weight.size(); i++) {
      double g = gradient.get(i) + adam.weightDecay() * weight.get(i);
      double m = adam.beta1() * own.get(0).get(i) + (1 - adam.beta1()) * g;
      double v = adam.beta2() * own.get(1).get(i) + (1 - adam.beta2()) * g * g;
      own.get(0).set(i, m);
      own.get(1).set(i, v);
      if (adam.amsgrad()) {
        v = Math.max(v, own.get(2).get(i));
        own.get(2).set(i, v);
      }
      double root = Math.sqrt(v / correction2) + adam.eps();
      weight.add(i, -adam.lr() / correction1 * m / root);
    }
  }
}
