package dev.quern.plan;

import dev.quern.kernel.SoftmaxKind;
import dev.quern.layer.Layer;
import dev.quern.tensor.Shape;

/** Softmax or its logarithm over channels, or over all features of a flat value. */
final class SoftmaxOp extends UnaryOp {
  private final SoftmaxKind kind;
  private long batch;

  SoftmaxOp(SoftmaxKind kind, int batch, Value in, Value out) {
    super(in, out);
    this.kind = kind;
    this.batch = batch;
  }

  static LayerPlan<Layer> plan(SoftmaxKind kind) {
    return LayerPlan.unary((b, layer, in, out) -> lower(b, kind, in, out));
  }

  private static Value lower(Builder b, SoftmaxKind kind, Value in, Shape out) {
    Value to = b.value(in, out, true);
    b.touchDiffs(in, to);
    b.keepForBackward(to);
    b.ops.add(new SoftmaxOp(kind, b.batch, in, to));
    return to;
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    kind.forward(rows(), classes(), src, dst);
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      kind.backward(rows(), classes(), dst, diffDst, diffSrc);
    }
  }

  private long classes() {
    return in.shape.rank() == 3 ? in.channels() : in.shape.elements();
  }

  private long rows() {
    return batch * (in.shape.elements() / classes());
  }
}
