package dev.quern.plan;

import dev.quern.internal.Block;
import dev.quern.kernel.LayerNormKernel;
import dev.quern.kernel.LayoutKernel;
import dev.quern.layer.LayerNorm;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Layer normalisation. Over a whole sample it leaves the memory's order as it is and takes weights
 * packed into that order; over an image's last axes it works on a copy in the callers' order, in
 * which these are neighbours.
 */
final class LayerNormOp extends UnaryOp {
  private final LayerNorm norm;
  private final LayerNormKernel kernel;
  private final Weights.Layer weights;
  private Slot savedSlot;
  private DoublePointer saved;

  /** The gradients in the memory's order; null where that is the callers'. */
  private Slot gradSlot;

  private FloatPointer weightGrad;
  private FloatPointer biasGrad;

  LayerNormOp(LayerNorm norm, LayerNormKernel kernel, Value in, Value out, Weights.Layer weights) {
    super(in, out);
    this.norm = norm;
    this.kernel = kernel;
    this.weights = weights;
  }

  static Value lower(Builder b, LayerNorm norm, Value in, Shape out) {
    boolean whole = norm.normalizedShape().elements() == in.shape.elements();
    return whole || !in.permuted()
        ? add(b, norm, in)
        : b.reordered(add(b, norm, b.reordered(in, 1)), in.pixels);
  }

  private static Value add(Builder b, LayerNorm norm, Value in) {
    Value to =
        norm.elementwiseAffine()
            ? b.trainable(in, in.shape, in.pixels)
            : b.value(in, in.shape, in.pixels, false);
    b.touchDiffs(in, to);
    b.keepForBackward(in);
    LayerNormOp op =
        new LayerNormOp(
            norm,
            new LayerNormKernel(
                b.descriptor(),
                b.batch * rows(norm, in),
                norm.normalizedShape().elements(),
                norm.eps()),
            in,
            to,
            norm.elementwiseAffine() ? b.weightsOfNode() : Weights.Layer.NONE);
    op.savedSlot = b.savedSlot(16L * b.batch * rows(norm, in));
    if (in.permuted() && norm.elementwiseAffine()) {
      op.gradSlot = b.backwardSlot(8 * in.shape.elements());
    }
    b.ops.add(op);
    return to;
  }

  /** Rows of a sample. */
  private static long rows(LayerNorm norm, Value in) {
    return in.shape.elements() / norm.normalizedShape().elements();
  }

  @Override
  public void bind(Block slab) {
    super.bind(slab);
    saved = slab.doubles(savedSlot.offset);
    weightGrad = weights.weightGrad;
    biasGrad = weights.biasGrad;
    if (gradSlot != null) {
      weightGrad = slab.floats(gradSlot.offset);
      biasGrad = norm.bias() ? slab.floats(gradSlot.offset + 4 * in.shape.elements()) : null;
    }
  }

  @Override
  public void batch(int n) {
    kernel.rows(n * rows(norm, in));
  }

  @Override
  public void forward() {
    kernel.forward(src, weights.packed, weights.packedBias, dst, saved);
  }

  @Override
  public void backward() {
    if (diffDst == null) {
      return;
    }
    kernel.backward(src, diffDst, weights.packed, saved, diffSrc, weightGrad, biasGrad);
    if (gradSlot != null) {
      unpack(weightGrad, weights.weightGrad);
      if (norm.bias()) {
        unpack(biasGrad, weights.biasGrad);
      }
    }
  }

  private void unpack(FloatPointer from, FloatPointer to) {
    LayoutKernel.toNchw(1, in.channels(), in.pixels, from, to);
  }
}
