package dev.quern.kernel.optim;

import dev.quern.bindings.Quern;
import dev.quern.bindings.SgdDescriptor;
import dev.quern.internal.Status;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** SGD. Its only state is the momentum buffer; without momentum there is no state. */
public final class SgdKernel implements OptimizerKernel {
  private final SgdDescriptor descriptor;
  private final float lr;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   */
  public SgdKernel(Pointer at, float lr, float momentum, float weightDecay, boolean nesterov) {
    this.lr = lr;
    descriptor =
        new SgdDescriptor(at)
            .momentum(momentum)
            .weight_decay(weightDecay)
            .nesterov(nesterov ? 1 : 0);
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
    FloatPointer velocity = states.length == 0 ? null : states[0];
    descriptor.lr((float) (lr * lrFactor)).first_step(step == 1 ? 1 : 0);
    Status.check(Quern.quern_sgd_step(descriptor, shape.elements(), gradient, weight, velocity));
  }
}
