package dev.quern.plan;

import dev.quern.internal.Block;
import dev.quern.kernel.LinearKernel;
import dev.quern.layer.Linear;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/** A fully connected layer. */
final class LinearOp extends UnaryOp {
  private final LinearKernel kernel;
  private final Weights.Layer weights;
  private Slot space;
  private Pointer workspace;

  LinearOp(LinearKernel kernel, Value in, Value out, Weights.Layer weights) {
    super(in, out);
    this.kernel = kernel;
    this.weights = weights;
  }

  static Value lower(Builder b, Linear linear, Value in, Shape out) {
    Value to = b.trainable(in, out);
    b.touchDiffs(in, to);
    b.keepForBackward(in);
    LinearOp op =
        new LinearOp(
            new LinearKernel(
                b.descriptor(),
                b.batch,
                in.shape.elements(),
                linear.outFeatures(),
                in.pixels,
                b.packedForTraining()),
            in,
            to,
            b.weightsOfNode());
    b.ops.add(op.workspace(b.backwardSlot(op.kernel.workspaceBytes())));
    return to;
  }

  LinearOp workspace(Slot backwardOrNull) {
    space = backwardOrNull;
    return this;
  }

  @Override
  public void bind(Block slab) {
    super.bind(slab);
    if (out.diff != null) {
      workspace = slab.pointer(space.offset);
    }
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, weights.packed, weights.bias, dst);
  }

  @Override
  public void backward() {
    kernel.backwardWeights(
        src, diffDst, weights.weightGrad, weights.biasGrad, workspace, space.bytes);
    if (diffSrc != null) {
      kernel.backwardData(diffDst, weights.packed, diffSrc);
    }
  }
}
