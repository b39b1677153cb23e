package dev.quern.train;

import dev.quern.optim.Lookahead;
import dev.quern.optim.Schedule;
import dev.quern.plan.memory.Stages;
import java.util.Map;

/**
 * A builder's settings of {@link Optimization}, as they were when the trainer was built.
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
  static UpdateRules of(TrainerBuilder b, Stages stages) {
    return new UpdateRules(
        b.schedule,
        b.optimizer.lr(),
        b.clipNorm,
        b.clipValue,
        b.accumulate,
        b.ema,
        b.lookahead,
        Map.copyOf(ParameterPiece.rules(b, stages)));
  }
}
