package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.PReluKernel;
import dev.quern.layer.activation.PRelu;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/**
 * The PReLU activation. The input is kept for the backward pass, because the output's sign does not
 * determine the input's sign if a weight is negative.
 */
final class PReluOp extends UnaryOp {
  private final PReluKernel kernel;
  private final long rows;
  private final LayerWeights weights;
  private final Slot space;
  private Pointer workspace;

  /**
   * Creates the operation.
   *
   * @param rows the number of rows per sample
   * @param spaceOrNull memory for the backward pass; null in inference
   */
  PReluOp(
      PReluKernel kernel, long rows, Value in, Value out, LayerWeights weights, Slot spaceOrNull) {
    super(in, out);
    this.kernel = kernel;
    this.rows = rows;
    this.weights = weights;
    this.space = spaceOrNull;
  }

  static Value lower(Builder b, PRelu layer, Value in, Shape out) {
    // features with one weight each are in the order of the weights
    boolean reordered = layer.numParameters() > 1 && out.rank() == 1 && in.permuted();
    return reordered
        ? b.reorder.reordered(add(b, layer, b.reorder.reordered(in, 1)), in.pixels())
        : add(b, layer, in);
  }

  private static Value add(Builder b, PRelu layer, Value in) {
    Value to = b.trainable(in, in.type);
    b.touchDiffs(in, to);
    b.keepForBackward(in);
    long rows = in.shape().elements() / layer.numParameters();
    PReluKernel kernel = new PReluKernel(b.batch * rows, layer.numParameters());
    Slot space = b.backwardSlot(kernel.workspaceBytes());
    b.ops.add(new PReluOp(kernel, rows, in, to, b.weightsOfNode(), space));
    return to;
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    if (out.diff != null) {
      workspace = slab.pointer(space.offset);
    }
  }

  @Override
  public void batch(int n) {
    kernel.rows(n * rows);
  }

  @Override
  public void forward() {
    kernel.forward(src, weights.weight, dst);
  }

  @Override
  public void gradients() {
    kernel.backward(
        src, diffDst, weights.weight, diffSrc, weights.weightGrad, workspace, space.bytes);
  }
}
