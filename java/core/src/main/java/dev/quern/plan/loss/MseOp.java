package dev.quern.plan.loss;

import dev.quern.kernel.loss.MseKernel;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.Mse;
import dev.quern.plan.build.Builder;
import dev.quern.plan.memory.Value;

/** The mean squared error loss of a plan's output. */
final class MseOp extends LossOp {
  private final boolean sum;

  MseOp(Builder b, Value output, Mse loss) {
    super(b, output, loss);
    sum = loss.reduction() == Reduction.SUM;
  }

  @Override
  void run() {
    MseKernel.loss(elements(), sum, src, targets, diff, result);
  }
}
