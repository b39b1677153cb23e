package dev.quern.kernel.optim;

import dev.quern.bindings.MuonDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.error.ShapeException;
import dev.quern.internal.Status;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** Muon, for one parameter at a time. Its only state is the momentum buffer. */
public final class MuonKernel implements OptimizerKernel {
  private final MuonDescriptor descriptor;
  private final float lr;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param nsA the coefficient of x in the Newton-Schulz polynomial; {@code nsB} and {@code nsC}
   *     are the coefficients of x^3 and x^5
   */
  public MuonKernel(
      Pointer at,
      float lr,
      float weightDecay,
      float momentum,
      boolean nesterov,
      double nsA,
      double nsB,
      double nsC,
      double eps,
      int nsSteps,
      boolean normalizeWeights) {
    this.lr = lr;
    descriptor =
        new MuonDescriptor(at)
            .weight_decay(weightDecay)
            .momentum(momentum)
            .ns_a(nsA)
            .ns_b(nsB)
            .ns_c(nsC)
            .eps(eps)
            .nesterov(nesterov ? 1 : 0)
            .ns_steps(nsSteps)
            .normalize_weights(normalizeWeights ? 1 : 0);
  }

  @Override
  public long workspaceBytes(Shape weight) {
    if (weight.rank() < 2) {
      throw new ShapeException(
          "muon: weight " + weight + " must be a matrix or convolution filters");
    }
    if (weight.elements() == 0) {
      return 0;
    }
    set(1, weight);
    long[] bytes = new long[1];
    Status.check(Quern.quern_muon_workspace(descriptor, bytes));
    return bytes[0];
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
    if (shape.elements() > 0) {
      set(lrFactor, shape);
      Status.check(
          Quern.quern_muon_step(descriptor, gradient, weight, states[0], workspace, bytes));
    }
  }

  /**
   * Sets the learning rate and the matrix size for a weight.
   *
   * @param weight the weight's shape, with at least 2 axes: the first axis is the rows, the product
   *     of all others the columns
   */
  private void set(double lrFactor, Shape weight) {
    descriptor.rows(weight.dim(0)).columns(weight.elements() / weight.dim(0)).lr(lr * lrFactor);
  }
}
