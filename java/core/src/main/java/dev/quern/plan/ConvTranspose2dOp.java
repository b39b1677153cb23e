package dev.quern.plan;

import dev.quern.internal.Block;
import dev.quern.kernel.Conv2dTuning.Pass;
import dev.quern.kernel.MirroredConv2d;
import dev.quern.kernel.PackedConv2d;
import dev.quern.layer.ConvTranspose2d;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** A transposed convolution; its weights' gradients go straight into the gradient block. */
final class ConvTranspose2dOp extends UnaryOp {
  static final LayerPlan<ConvTranspose2d> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Step step, ConvTranspose2d conv, List<Value> in, Shape out) {
          return ConvTranspose2dOp.lower(b, conv, in.get(0), out);
        }

        @Override
        public void pack(Packing p, ConvTranspose2d conv) {
          MirroredConv2d mirror = new MirroredConv2d(p::descriptor, conv, 1, p.in, p.precision);
          p.weights.implementation = mirror.tune(p.passes(Pass.BACKWARD_DATA, Pass.FORWARD));
          p.implementation(mirror.chosen());
          PackedConv2d packed = mirror.packed(p.weights.weight, p::packed);
          p.weights.packed = packed.floats();
          p.packer(packed::pack);
        }
      };

  private final MirroredConv2d mirror;
  private final Weights.Layer weights;
  private final Slot forwardSpace;
  private final Slot backwardSpace;
  private Pointer forwardWorkspace;
  private Pointer backwardWorkspace;

  ConvTranspose2dOp(
      MirroredConv2d mirror,
      Value in,
      Value out,
      Weights.Layer weights,
      Slot forward,
      Slot backwardOrNull) {
    super(in, out);
    this.mirror = mirror;
    this.weights = weights;
    this.forwardSpace = forward;
    this.backwardSpace = backwardOrNull;
  }

  private static Value lower(Builder b, ConvTranspose2d conv, Value in, Shape out) {
    Value to = b.trainable(in, out);
    b.touchDiffs(in, to);
    b.keepForBackward(in);
    MirroredConv2d mirror =
        new MirroredConv2d(b::descriptor, conv, b.batch, in.shape, b.precision());
    Weights.Layer weights = b.weightsOfNode();
    if (weights != null) {
      mirror.implementation(weights.implementation);
    }
    long bytes = mirror.workspaceBytes();
    b.ops.add(
        new ConvTranspose2dOp(
            mirror, in, to, weights, b.forwardSlot(bytes), b.backwardSlot(bytes)));
    return to;
  }

  @Override
  public void bind(Block slab) {
    super.bind(slab);
    forwardWorkspace = slab.pointer(forwardSpace.offset);
    if (out.diff != null) {
      backwardWorkspace = slab.pointer(backwardSpace.offset);
    }
  }

  @Override
  public void batch(int n) {
    mirror.batch(n);
  }

  @Override
  public void forward() {
    mirror.forward(src, weights.packed, weights.bias, dst, forwardWorkspace, forwardSpace.bytes);
  }

  @Override
  public void backward() {
    mirror.backwardWeights(
        src, diffDst, weights.weightGrad, weights.biasGrad, backwardWorkspace, backwardSpace.bytes);
    if (diffSrc != null) {
      mirror.backwardData(diffDst, weights.packed, diffSrc, backwardWorkspace, backwardSpace.bytes);
    }
  }
}
