package dev.quern.train;

import dev.quern.optim.Lookahead;
import dev.quern.optim.Schedule;
import dev.quern.plan.memory.Stages;
import java.util.Map;

/**
 * Settings of {@link Optimization}, as they were when the trainer was built.
 *
 * @param lr the optimizer's own
 * @param ema 0 for no average
 * @param lookahead null for none
 * @param rules by the name of each parameter, whether or not it is frozen
 */
record UpdateRules(
    Schedule schedule,
    double lr,
    double clipNorm,
    double clipValue,
    int accumulate,
    double ema,
    Lookahead lookahead,
    Map<String, ParameterPiece.Rule> rules) {
  static UpdateRules of(TrainerSettings s, Stages stages) {
    return new UpdateRules(
        s.schedule,
        s.optimizer.lr(),
        s.clipNorm,
        s.clipValue,
        s.accumulate,
        s.ema,
        s.lookahead,
        Map.copyOf(ParameterPiece.rules(s, stages)));
  }
}
