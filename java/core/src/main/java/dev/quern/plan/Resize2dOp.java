package dev.quern.plan;

import dev.quern.bindings.Resize2dDescriptor;
import dev.quern.kernel.Resize2d;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.ReflectionPad2d;
import dev.quern.layer.UpsampleNearest2d;
import dev.quern.layer.ZeroPad2d;
import dev.quern.tensor.Shape;

/** What changes height and width and nothing else; no backward pass needs a value. */
final class Resize2dOp extends UnaryOp {
  private final Resize2d operator;
  private final Resize2dDescriptor descriptor;

  Resize2dOp(Resize2d operator, Resize2dDescriptor descriptor, Value in, Value out) {
    super(in, out);
    this.operator = operator;
    this.descriptor = descriptor;
  }

  static Value adaptiveAvgPool2d(Builder b, AdaptiveAvgPool2d pool, Value in, Shape out) {
    return lower(b, Resize2d.ADAPTIVE_AVG_POOL2D, in, out, 0, 0);
  }

  static Value zeroPad2d(Builder b, ZeroPad2d pad, Value in, Shape out) {
    return lower(b, Resize2d.ZERO_PAD2D, in, out, pad.top(), pad.left());
  }

  static Value reflectionPad2d(Builder b, ReflectionPad2d pad, Value in, Shape out) {
    return lower(b, Resize2d.REFLECTION_PAD2D, in, out, pad.top(), pad.left());
  }

  static Value upsampleNearest2d(Builder b, UpsampleNearest2d upsample, Value in, Shape out) {
    return lower(b, Resize2d.UPSAMPLE_NEAREST2D, in, out, 0, 0);
  }

  private static Value lower(Builder b, Resize2d operator, Value in, Shape out, int top, int left) {
    Value to = b.value(in, out, false);
    b.touchDiffs(in, to);
    Resize2dDescriptor d = Resize2d.descriptor(b.descriptor(), b.batch, in.shape, out, top, left);
    b.ops.add(new Resize2dOp(operator, d, in, to));
    return to;
  }

  @Override
  public void batch(int n) {
    descriptor.batch(n);
  }

  @Override
  public void forward() {
    operator.forward(descriptor, src, dst);
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      operator.backward(descriptor, diffDst, diffSrc);
    }
  }
}
