package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.LayerNormKernel;
import dev.quern.kernel.LayoutKernel;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerNorm;
import dev.quern.layer.RmsNorm;
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
import java.util.function.Function;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Layer normalization and root mean square layer normalization. Normalization over a whole sample
 * keeps the memory order and reads weights that are packed in this order. Normalization over an
 * image's last axes uses a copy in C, H, W order, in which these axes are contiguous.
 */
final class LayerNormOp extends UnaryOp {
  static final LayerPlan<LayerNorm> PLAN = plan(Options::of);
  static final LayerPlan<RmsNorm> RMS_PLAN = plan(Options::of);

  /**
   * The options of both layers.
   *
   * @param length the number of elements that are normalized together
   * @param rms whether no mean is subtracted
   */
  private record Options(long length, float eps, boolean weight, boolean bias, boolean rms) {
    static Options of(LayerNorm l) {
      return new Options(
          l.normalizedShape().elements(), l.eps(), l.elementwiseAffine(), l.bias(), false);
    }

    static Options of(RmsNorm l) {
      return new Options(
          l.normalizedShape().elements(), l.eps(), l.elementwiseAffine(), false, true);
    }
  }

  private final Options norm;
  private final LayerNormKernel kernel;
  private final LayerWeights weights;
  private Slot savedSlot;
  private DoublePointer saved;

  /** The weight and bias gradients in the internal memory order; null if the order is C, H, W. */
  private Slot gradSlot;

  private FloatPointer weightGrad;
  private FloatPointer biasGrad;

  private LayerNormOp(
      Options norm, LayerNormKernel kernel, Value in, Value out, LayerWeights weights) {
    super(in, out);
    this.norm = norm;
    this.kernel = kernel;
    this.weights = weights;
  }

  private static <L extends Layer> LayerPlan<L> plan(Function<L, Options> options) {
    return new LayerPlan<>() {
      @Override
      public Value lower(Builder b, Chain chain, L layer, List<Value> in, Shape out) {
        return LayerNormOp.lower(b, options.apply(layer), in.get(0));
      }

      @Override
      public void pack(Packer p, L layer) {
        Options norm = options.apply(layer);
        boolean whole = norm.length() == p.in.elements();
        if (whole && p.pixels > 1 && p.in.elements() > p.pixels) {
          p.weights.orderedWeight = ordered(p, p.weights.weight);
          p.weights.orderedBias = norm.bias() ? ordered(p, p.weights.bias) : null;
        }
      }
    };
  }

  /**
   * Returns a copy of a weight or bias in the memory order of the input. The copy is updated
   * whenever weights are packed.
   */
  private static FloatPointer ordered(Packer p, FloatPointer row) {
    long elements = p.in.elements();
    FloatPointer copy = p.floats(elements);
    p.packer(() -> LayoutKernel.toNhwc(1, elements / p.pixels, p.pixels, row, copy));
    return copy;
  }

  private static Value lower(Builder b, Options norm, Value in) {
    boolean whole = norm.length() == in.shape().elements();
    return whole || !in.permuted()
        ? add(b, norm, in)
        : b.reorder.reordered(add(b, norm, b.reorder.reordered(in, 1)), in.pixels());
  }

  private static Value add(Builder b, Options norm, Value in) {
    Value to = norm.weight() ? b.trainable(in, in.type) : b.value(in, in.type, false);
    b.touchDiffs(in, to);
    b.keepForBackward(in);
    LayerNormOp op =
        new LayerNormOp(
            norm,
            new LayerNormKernel(
                b.descriptor(), b.batch * rows(norm, in), norm.length(), norm.eps(), norm.rms()),
            in,
            to,
            norm.weight() ? b.weightsOfNode() : LayerWeights.NONE);
    op.savedSlot = b.savedSlot(2L * Double.BYTES * b.batch * rows(norm, in));
    if (in.permuted() && norm.weight() && !b.frozen.layer(b.nodeName())) {
      op.gradSlot = b.backwardSlot(2 * Float.BYTES * in.shape().elements());
    }
    b.ops.add(op);
    return to;
  }

  /** Returns the number of separately normalized rows per sample. */
  private static long rows(Options norm, Value in) {
    return in.shape().elements() / norm.length();
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    saved = slab.doubles(savedSlot.offset);
    weightGrad = weights.weightGrad;
    biasGrad = weights.biasGrad;
    if (gradSlot != null) {
      weightGrad = slab.floats(gradSlot.offset);
      biasGrad =
          norm.bias() ? slab.floats(gradSlot.offset + Float.BYTES * in.shape().elements()) : null;
    }
  }

  @Override
  public void batch(int n) {
    kernel.rows(n * rows(norm, in));
  }

  @Override
  public void forward() {
    kernel.forward(src, weights.orderedWeight, weights.orderedBias, dst, saved);
  }

  @Override
  public void gradients() {
    kernel.backward(src, diffDst, weights.orderedWeight, saved, diffSrc, weightGrad, biasGrad);
    if (gradSlot != null) {
      unpack(weightGrad, weights.weightGrad);
      if (norm.bias()) {
        unpack(biasGrad, weights.biasGrad);
      }
    }
  }

  private void unpack(FloatPointer from, FloatPointer to) {
    LayoutKernel.toNchw(1, in.channels(), in.pixels(), from, to);
  }
}
