package dev.quern.kernel.loss;

import dev.quern.bindings.DiceDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.kernel.DescriptorMemory;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** The soft dice loss of rows of logits, with a row at each position. */
public final class DiceKernel {
  private final DiceDescriptor descriptor;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param sum whether the loss is the sum over samples and classes rather than the mean
   * @param ignoreIndex the label of ignored positions
   */
  public DiceKernel(
      Pointer at,
      long batch,
      long positions,
      long classes,
      double smooth,
      boolean sum,
      int ignoreIndex) {
    descriptor =
        new DiceDescriptor(at)
            .batch(batch)
            .positions(positions)
            .classes(classes)
            .smooth(smooth)
            .sum(sum ? 1 : 0)
            .ignore_index(ignoreIndex);
  }

  /** Sets the number of samples of the next passes. */
  public void batch(long n) {
    descriptor.batch(n);
  }

  public long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_dice_workspace(descriptor, bytes));
    return bytes[0];
  }

  /**
   * Computes the loss with a label for each position.
   *
   * @param diff receives the gradient; null if not needed
   */
  public void loss(
      FloatPointer src,
      IntPointer labels,
      FloatPointer diff,
      Pointer workspace,
      long workspaceBytes,
      DoublePointer loss) {
    Status.check(
        Quern.quern_dice_loss(descriptor, src, labels, diff, workspace, workspaceBytes, loss));
  }

  /** Computes the loss with targets for each class. */
  public void softLoss(
      FloatPointer src,
      FloatPointer targets,
      FloatPointer diff,
      Pointer workspace,
      long workspaceBytes,
      DoublePointer loss) {
    Status.check(
        Quern.quern_dice_soft_loss(
            descriptor, src, targets, diff, workspace, workspaceBytes, loss));
  }
}
