package dev.quern.plan;

import dev.quern.bindings.Quern;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss.Reduction;

/** The Huber loss at the end of a plan. */
final class HuberOp extends LossOp {
  private final int sum;
  private final double delta;

  HuberOp(Builder b, Huber loss) {
    super(b, loss);
    sum = loss.reduction() == Reduction.SUM ? 1 : 0;
    delta = loss.delta();
  }

  @Override
  int run() {
    return Quern.quern_huber_loss(elements(), sum, delta, src, targets, diff, result);
  }
}
