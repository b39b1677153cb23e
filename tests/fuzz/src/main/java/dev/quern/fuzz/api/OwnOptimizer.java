package dev.quern.fuzz.api;

import dev.quern.optim.CustomOptimizer;
import java.util.List;
import java.util.stream.IntStream;

/**
 * An optimizer of the user's own.
 *
 * @param arrays that it keeps
 * @param failing the step at which it throws; -1 for one that never does
 */
record OwnOptimizer(float lr, float weightDecay, int arrays, long failing)
    implements CustomOptimizer {
  @Override
  public OwnOptimizer withLr(float rate) {
    return new OwnOptimizer(rate, weightDecay, arrays, failing);
  }

  @Override
  public OwnOptimizer withWeightDecay(float decay) {
    return new OwnOptimizer(lr, decay, arrays, failing);
  }

  @Override
  public List<String> states() {
    return IntStream.range(0, arrays).mapToObj(i -> "s" + i).toList();
  }

  @Override
  public void step(Step s) {
    if (s.number() == failing) {
      throw new Thrown.Unchecked(true);
    }
    for (int i = 0; i < s.weight().length; i++) {
      for (double[] state : s.states().values()) {
        state[i] = 0.5 * state[i] + s.gradient()[i];
      }
      s.weight()[i] -= s.lr() * s.gradient()[i];
    }
  }
}
