package dev.quern.reference.optim;

import dev.quern.optim.Adam;
import dev.quern.optim.AdamW;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import java.util.List;

/** Reference implementation of {@link AdamW}. */
public final class AdamWReference {
  private AdamWReference() {}

  /**
   * Updates a weight in place: {@code w -= lr weightDecay w}, then the step of {@link
   * AdamReference} without weight decay.
   *
   * @param states the states of {@link AdamReference#step}
   * @param step 1 for the first step
   */
  public static void step(
      AdamW adamW, NdArray weight, NdArray gradient, List<NdArray> states, long step) {
    Require.present("adamw", "adamW, weight, gradient, states", adamW, weight, gradient, states);
    for (int i = 0; i < weight.size(); i++) {
      weight.set(i, weight.get(i) * (1 - (double) adamW.lr() * adamW.weightDecay()));
    }
    Adam adam = new Adam(adamW.lr(), adamW.beta1(), adamW.beta2(), adamW.eps(), 0, adamW.amsgrad());
    AdamReference.step(adam, weight, gradient, states, step);
  }
}
