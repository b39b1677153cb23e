package dev.quern.kernel.loss;

import dev.quern.bindings.DiceDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.kernel.DescriptorMemory;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/** The soft Dice loss of logits, one row of classes per position (pixel). */
public final class DiceKernel {
  private final DiceDescriptor descriptor;

  /**
   * Creates the kernel.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   * @param sum true for the sum over samples and classes, false for the mean
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

  /** Sets the batch size of the next passes. */
  public void batch(long n) {
    descriptor.batch(n);
  }

  public long workspaceBytes() {
    long[] bytes = new long[1];
    Status.check(Quern.quern_dice_workspace(descriptor, bytes));
    return bytes[0];
  }

  /**
   * Computes the loss for a class index per position.
   *
   * @param diff receives the gradient; may be null
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

  /** Computes the loss for a target per position and class. */
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
