package dev.quern.reference.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.optim.Adam;
import dev.quern.optim.AdamW;
import dev.quern.optim.CustomOptimizer;
import dev.quern.optim.Muon;
import dev.quern.optim.Optimizer;
import dev.quern.optim.RmsProp;
import dev.quern.optim.Sgd;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import java.util.List;

/** Reference implementation of all built-in optimizers. */
public final class OptimizerReference {
  private OptimizerReference() {}

  /**
   * Updates a weight in place.
   *
   * @param weight the weight; changed
   * @param gradient its gradient; not changed
   * @param states one array per name of {@link Optimizer#states()}, in that order; zeros before the
   *     first step; changed
   * @param step 1 for the first step
   * @throws InvalidArgumentException if the optimizer is a {@link CustomOptimizer}, which does not
   *     have a reference implementation
   */
  public static void step(
      Optimizer optimizer, NdArray weight, NdArray gradient, List<NdArray> states, long step) {
    Require.present(
        "optimizer", "optimizer, weight, gradient, states", optimizer, weight, gradient, states);
    List<NdArray> own = Checks.copied("optimizer", "states", states);
    if (optimizer instanceof Sgd sgd) {
      NdArray velocity = own.isEmpty() ? new NdArray(weight.shape()) : own.get(0);
      SgdReference.step(sgd, weight, gradient, velocity);
    } else if (optimizer instanceof Adam adam) {
      AdamReference.step(adam, weight, gradient, own, step);
    } else if (optimizer instanceof AdamW adamW) {
      AdamWReference.step(adamW, weight, gradient, own, step);
    } else if (optimizer instanceof RmsProp rmsProp) {
      RmsPropReference.step(rmsProp, weight, gradient, own);
    } else if (optimizer instanceof Muon muon) {
      Checks.states(muon, own, weight.shape());
      MuonReference.step(muon, weight, gradient, own.get(0));
    } else {
      throw new InvalidArgumentException(
          "optimizer: a CustomOptimizer has no reference implementation");
    }
  }
}
