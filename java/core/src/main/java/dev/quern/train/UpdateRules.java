package dev.quern.train;

import dev.quern.optim.Lookahead;
import dev.quern.optim.Schedule;
import dev.quern.plan.memory.Stages;
import java.util.Map;

/**
 * The settings of {@link Optimization}, copied when the trainer is built.
 *
 * @param lr the optimizer's learning rate
 * @param ema the decay of the moving average of weights; 0 without an average
 * @param lookahead the lookahead settings; null without lookahead
 * @param rules the rule of each parameter by name, including frozen ones
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
