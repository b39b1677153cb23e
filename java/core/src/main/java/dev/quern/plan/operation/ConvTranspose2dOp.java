package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.Window;
import dev.quern.kernel.conv.Conv2dPrecision;
import dev.quern.kernel.conv.Conv2dTuning.Pass;
import dev.quern.kernel.conv.ConvTranspose2dKernel;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.Packer;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.LayerWeights;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.Pointer;

/**
 * A transposed convolution. The backward pass writes weight gradients directly to the block of all
 * gradients.
 */
final class ConvTranspose2dOp extends UnaryOp {
  static final LayerPlan<ConvTranspose2d> PLAN =
      new LayerPlan<>() {
        @Override
        public boolean takesHalfWeights() {
          return true;
        }

        @Override
        public Value lower(
            Builder b, Chain chain, ConvTranspose2d conv, List<Value> in, Shape out) {
          return ConvTranspose2dOp.lower(b, conv, in.get(0), out);
        }

        @Override
        public void pack(Packer p, ConvTranspose2d conv) {
          ConvTranspose2dKernel kernel =
              kernel(p::descriptor, conv, 1, p.in, products(p.products, p.training));
          p.weights.implementation = kernel.tune(p.passes(Pass.BACKWARD_DATA, Pass.FORWARD));
          p.implementation(kernel.chosenName());
          p.pack(kernel);
        }
      };

  private final ConvTranspose2dKernel kernel;
  private final LayerWeights weights;
  private final Slot forwardSpace;
  private final Slot backwardSpace;
  private Pointer forwardWorkspace;
  private Pointer backwardWorkspace;

  ConvTranspose2dOp(
      ConvTranspose2dKernel kernel,
      Value in,
      Value out,
      LayerWeights weights,
      Slot forward,
      Slot backwardOrNull) {
    super(in, out);
    this.kernel = kernel;
    this.weights = weights;
    this.forwardSpace = forward;
    this.backwardSpace = backwardOrNull;
  }

  private static ConvTranspose2dKernel kernel(
      Supplier<Pointer> memory,
      ConvTranspose2d layer,
      long batch,
      Shape in,
      Conv2dPrecision products) {
    return new ConvTranspose2dKernel(
        memory,
        batch,
        in,
        layer.outputShape(in),
        new Window(layer.kernel(), layer.stride(), layer.padding(), layer.dilation()),
        layer.outputPadding(),
        layer.groups(),
        products);
  }

  /** These kernels round even where it is not faster, so inference in bf16 uses float32. */
  private static Conv2dPrecision products(Conv2dPrecision asked, boolean training) {
    return asked == Conv2dPrecision.BF16 && !training ? Conv2dPrecision.DEFAULT : asked;
  }

  private static Value lower(Builder b, ConvTranspose2d conv, Value in, Shape out) {
    Value to = b.trainable(in, out);
    b.touchDiffs(in, to);
    if (!b.frozen.layer(b.nodeName())) {
      b.keepForBackward(in);
    }
    ConvTranspose2dKernel kernel =
        kernel(
            b::descriptor, conv, b.batch, in.shape(), products(b.products, b.packedForTraining()));
    LayerWeights weights = b.weightsOfNode();
    if (weights != null) {
      kernel.implementation(weights.implementation);
    }
    long bytes = kernel.workspaceBytes();
    b.ops.add(
        new ConvTranspose2dOp(
            kernel, in, to, weights, b.forwardSlot(bytes), b.backwardSlot(bytes)));
    return to;
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    forwardWorkspace = slab.pointer(forwardSpace.offset);
    if (out.diff != null) {
      backwardWorkspace = slab.pointer(backwardSpace.offset);
    }
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, weights.packed, weights.bias, dst, forwardWorkspace, forwardSpace.bytes);
  }

  @Override
  public void gradients() {
    if (weights.weightGrad != null) {
      kernel.backwardWeights(
          src,
          diffDst,
          weights.weightGrad,
          weights.biasGrad,
          backwardWorkspace,
          backwardSpace.bytes);
    }
    if (diffSrc != null) {
      kernel.backwardData(diffDst, weights.packed, diffSrc, backwardWorkspace, backwardSpace.bytes);
    }
  }
}
