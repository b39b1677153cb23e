package dev.quern.reference.optim;

import dev.quern.optim.Sgd;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;

/** Reference implementation of {@link Sgd}. */
public final class SgdReference {
  private SgdReference() {}

  /**
   * Updates a weight in place: {@code g = gradient + weightDecay w; v = momentum v + g; w -= lr v},
   * with Nesterov {@code w -= lr (g + momentum v)}.
   *
   * @param weight w; changed
   * @param gradient the gradient; not changed
   * @param velocity v; zeros before the first step, which sets it to g; changed; not used without
   *     momentum
   */
  public static void step(Sgd sgd, NdArray weight, NdArray gradient, NdArray velocity) {
    Require.present("sgd", "sgd, weight", sgd, weight);
    Checks.shape("sgd", "gradient", gradient, weight.shape());
    Checks.shape("sgd", "velocity", velocity, weight.shape());
    for (int i = 0; i < weight.size(); i++) {
      double g = gradient.get(i) + sgd.weightDecay() * weight.get(i);
      double v = sgd.momentum() == 0 ? g : sgd.momentum() * velocity.get(i) + g;
      velocity.set(i, v);
      weight.add(i, -sgd.lr() * (sgd.nesterov() ? g + sgd.momentum() * v : v));
    }
  }
}
