package dev.quern.kernel.optim;

import dev.quern.bindings.Quern;
import dev.quern.bindings.RmsPropDescriptor;
import dev.quern.internal.Status;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * RMSProp. The states are the running average of the squared gradient, then the momentum buffer (if
 * momentum is used) and the running average of the gradient (if centered).
 */
public final class RmsPropKernel implements OptimizerKernel {
  private final RmsPropDescriptor descriptor;
  private final float lr;
  private final boolean hasVelocity;
  private final boolean centered;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   */
  public RmsPropKernel(
      Pointer at,
      float lr,
      double alpha,
      double eps,
      float weightDecay,
      float momentum,
      boolean centered) {
    this.lr = lr;
    this.centered = centered;
    hasVelocity = momentum > 0;
    descriptor =
        new RmsPropDescriptor(at)
            .alpha(alpha)
            .eps(eps)
            .weight_decay(weightDecay)
            .momentum(momentum)
            .centered(centered ? 1 : 0);
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
    FloatPointer velocity = hasVelocity ? states[1] : null;
    FloatPointer average = centered ? states[states.length - 1] : null;
    descriptor.lr(lr * lrFactor);
    Status.check(
        Quern.quern_rmsprop_step(
            descriptor, shape.elements(), gradient, weight, states[0], velocity, average));
  }
}
