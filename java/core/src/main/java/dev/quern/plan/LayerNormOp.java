package dev.quern.plan;

import dev.quern.bindings.LayerNormDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import dev.quern.kernel.Descriptors;
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
  private final LayerNormDescriptor descriptor;
  private final Weights.Layer weights;
  private Slot savedSlot;
  private DoublePointer saved;

  /** The gradients in the memory's order; null where that is the callers'. */
  private Slot gradSlot;

  private FloatPointer weightGrad;
  private FloatPointer biasGrad;

  LayerNormOp(
      LayerNorm norm, LayerNormDescriptor descriptor, Value in, Value out, Weights.Layer weights) {
    super(in, out);
    this.norm = norm;
    this.descriptor = descriptor;
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
            Descriptors.layerNorm(b.descriptor(), norm, b.batch * rows(norm, in)),
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
    descriptor.rows(n * rows(norm, in));
  }

  @Override
  public void forward() {
    Status.check(
        Quern.quern_layer_norm_forward(
            descriptor, src, weights.orderedWeight, weights.orderedBias, dst, saved));
  }

  @Override
  public void backward() {
    if (diffDst == null) {
      return;
    }
    Status.check(
        Quern.quern_layer_norm_backward(
            descriptor, src, diffDst, weights.orderedWeight, saved, diffSrc, weightGrad, biasGrad));
    if (gradSlot != null) {
      unpack(weightGrad, weights.weightGrad);
      if (norm.bias()) {
        unpack(biasGrad, weights.biasGrad);
      }
    }
  }

  private void unpack(FloatPointer from, FloatPointer to) {
    Status.check(
        Quern.quern_nhwc_to_nchw(
            Quern.QUERN_F32, 1, in.channels(), in.pixels, 1, from, in.channels(), to));
  }
}
