package dev.quern.kernel.optim;

import dev.quern.bindings.AdamDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Adam and AdamW. The states are the running averages of the gradient and of the squared gradient
 * and, for AMSGrad, the maximum of the second average.
 */
public final class AdamKernel implements OptimizerKernel {
  private final AdamDescriptor descriptor;
  private final float lr;
  private final double beta1;
  private final double beta2;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param decoupled whether weight decay is decoupled, as in AdamW
   */
  public AdamKernel(
      Pointer at,
      float lr,
      double beta1,
      double beta2,
      double eps,
      float weightDecay,
      boolean decoupled) {
    this.lr = lr;
    this.beta1 = beta1;
    this.beta2 = beta2;
    descriptor =
        new AdamDescriptor(at)
            .beta1(beta1)
            .beta2(beta2)
            .eps(eps)
            .weight_decay(weightDecay)
            .decoupled(decoupled ? 1 : 0);
  }

  @Override
  public void step(
      long step,
      double lrFactor,
      Shape shape,
      FloatPointer gradient,
      FloatPointer weight,
      FloatPointer[] states,
      Pointer workspace,
      long bytes) {
    descriptor
        .bias_correction1(1 - StrictMath.pow(beta1, step))
        .bias_correction2(1 - StrictMath.pow(beta2, step))
        .lr(lr * lrFactor);
    FloatPointer largest = states.length > 2 ? states[2] : null;
    Status.check(
        Quern.quern_adam_step(
            descriptor, shape.elements(), gradient, weight, states[0], states[1], largest));
  }
}
