package dev.quern.plan.loss;

import dev.quern.kernel.loss.BceWithLogitsKernel;
import dev.quern.kernel.loss.SigmoidFocalKernel;
import dev.quern.loss.Loss.Reduction;
import dev.quern.loss.SigmoidFocal;
import dev.quern.plan.build.Builder;
import dev.quern.plan.memory.Value;

/** The sigmoid focal loss of a plan's output; each output element is a binary prediction. */
final class SigmoidFocalOp extends LossOp {
  private final SigmoidFocal loss;
  private final long[] right = new long[1];

  SigmoidFocalOp(Builder b, Value output, SigmoidFocal loss) {
    super(b, output, loss);
    this.loss = loss;
  }

  @Override
  void run() {
    boolean sum = loss.reduction() == Reduction.SUM;
    SigmoidFocalKernel.loss(
        elements(), sum, loss.alpha(), loss.gamma(), src, targets, diff, result);
  }

  @Override
  public long mostAnswers() {
    return output.shape().elements();
  }

  @Override
  public long correct() {
    BceWithLogitsKernel.countCorrect(elements(), src, targets, right);
    return right[0];
  }
}
