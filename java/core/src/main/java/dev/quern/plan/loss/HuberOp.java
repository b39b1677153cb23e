package dev.quern.plan.loss;

import dev.quern.kernel.loss.HuberKernel;
import dev.quern.loss.Huber;
import dev.quern.loss.Loss.Reduction;
import dev.quern.plan.build.Builder;
import dev.quern.plan.memory.Value;

/** The Huber loss of a plan's output. */
final class HuberOp extends LossOp {
  private final boolean sum;
  private final double delta;

  HuberOp(Builder b, Value output, Huber loss) {
    super(b, output, loss);
    sum = loss.reduction() == Reduction.SUM;
    delta = loss.delta();
  }

  @Override
  void run() {
    HuberKernel.loss(elements(), sum, delta, src, targets, diff, result);
  }
}
