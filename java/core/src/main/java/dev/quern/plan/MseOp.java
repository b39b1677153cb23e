package dev.quern.plan;

import dev.quern.bindings.Quern;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.Mse;

/** The mean square at the end of a plan. */
final class MseOp extends LossOp {
  private final int sum;

  MseOp(Builder b, Mse loss) {
    super(b, loss);
    sum = loss.reduction() == Reduction.SUM ? 1 : 0;
  }

  @Override
  int run() {
    return Quern.quern_mse_loss(elements(), sum, src, targets, diff, result);
  }
}
