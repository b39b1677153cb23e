package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.LinearKernel;
import dev.quern.kernel.Window;
import dev.quern.kernel.conv.Conv2dKernel;
import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.kernel.conv.Conv2dTuning.Pass;
import dev.quern.layer.Linear;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.Packer;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * A fully connected layer, applied to the last axis of a sample. If a sample has several rows, they
 * are in C, H, W order.
 */
final class LinearOp extends UnaryOp {
  static final LayerPlan<Linear> PLAN =
      new LayerPlan<>() {
        @Override
        public boolean takesHalfWeights() {
          return true;
        }

        @Override
        public Value lower(Builder b, Chain chain, Linear linear, List<Value> in, Shape out) {
          return LinearOp.lower(b, linear, in.get(0), out);
        }

        @Override
        public boolean callersOrder() {
          return true;
        }

        @Override
        public void pack(Packer p, Linear linear) {
          long in = features(p.in);
          long pixels = rows(p.in) > 1 ? 1 : p.pixels;
          if (mayConvolve(p.products, p.training, p.in)) {
            Conv2dKernel convolution =
                convolution(p.descriptor(), p.products, 1, p.in, linear, pixels, p.training)
                    .weights(p.dtype());
            if (convolution.multipliesBf16()) {
              p.implementation(convolution.chosenName(Pass.FORWARD));
              p.pack(convolution);
              return;
            }
          }
          p.pack(
              new LinearKernel(p.descriptor(), 1, in, linear.outFeatures(), pixels, p.training)
                  .weights(p.dtype()));
        }
      };

  private final LinearKernel kernel;
  private final LayerWeights weights;
  private Slot space;
  private Pointer workspace;

  LinearOp(LinearKernel kernel, Value in, Value out, LayerWeights weights) {
    super(in, out);
    this.kernel = kernel;
    this.weights = weights;
  }

  private static long features(Shape sample) {
    return sample.dim(sample.rank() - 1);
  }

  private static long rows(Shape sample) {
    return sample.elements() / features(sample);
  }

  /**
   * Returns whether the layer is to run as a convolution where that multiplies bfloat16: in
   * training if products are rounded; in inference for several rows of a sample, since a single row
   * fills a sixteenth of the matrix unit's tiles.
   */
  private static boolean mayConvolve(Conv2dPrecision products, boolean training, Shape in) {
    return training ? products.rounds() : rows(in) > 1;
  }

  /**
   * Returns the layer as a convolution: with a kernel of one pixel on the rows of a sample, or of
   * all pixels of a flattened image.
   */
  private static Conv2dKernel convolution(
      Pointer at,
      Conv2dPrecision products,
      long batch,
      Shape in,
      Linear linear,
      long pixels,
      boolean training) {
    long width = Math.max(rows(in), pixels);
    Window window =
        new Window(new Size(1, Math.toIntExact(pixels)), Size.of(1), Size.of(0), Size.of(1));
    return new Conv2dKernel(
        at,
        batch,
        Shape.of(features(in) / pixels, 1, width),
        linear.outFeatures(),
        window,
        1,
        products,
        training);
  }

  private static Value lower(Builder b, Linear linear, Value from, Shape out) {
    boolean several = rows(out) > 1;
    Value in = several ? b.reorder.theirs(from) : from;
    Value to = b.trainable(in, TensorType.of(out, 1));
    b.touchDiffs(in, to);
    boolean trained = !b.frozen.layer(b.nodeName());
    if (mayConvolve(b.products, b.packedForTraining(), in.shape())) {
      long pixels = several ? 1 : in.pixels();
      Conv2dKernel convolution =
          convolution(
                  b.descriptor(),
                  b.products,
                  b.batch,
                  in.shape(),
                  linear,
                  pixels,
                  b.packedForTraining())
              .weights(b.dtype(b.nodeName()));
      if (convolution.multipliesBf16()) {
        Conv2dOp op = Conv2dOp.of(b, convolution, in, to, b.weightsOfNode());
        if (trained) {
          op.saveInput(b);
        }
        b.ops.add(op);
        return b.reorder.ours(to);
      }
    }
    if (trained) {
      b.keepForBackward(in);
    }
    LinearOp op =
        new LinearOp(
            new LinearKernel(
                    b.descriptor(),
                    b.batch * rows(out),
                    features(in.shape()),
                    linear.outFeatures(),
                    several ? 1 : in.pixels(),
                    b.packedForTraining())
                .weights(b.dtype(b.nodeName())),
            in,
            to,
            b.weightsOfNode());
    b.ops.add(op.workspace(b.backwardSlot(op.kernel.workspaceBytes())));
    return b.reorder.ours(to);
  }

  LinearOp workspace(Slot backwardOrNull) {
    space = backwardOrNull;
    return this;
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
    kernel.batch(n * rows(out.shape()));
  }

  @Override
  public void forward() {
    kernel.forward(src, weights.packed, weights.bias, dst);
  }

  @Override
  public void gradients() {
    if (weights.weightGrad != null) {
      kernel.backwardWeights(
          src, diffDst, weights.weightGrad, weights.biasGrad, workspace, space.bytes);
    }
    if (diffSrc != null) {
      kernel.backwardData(diffDst, weights.packed, diffSrc);
    }
  }
}
