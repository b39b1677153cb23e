package dev.quern.plan.operation;

import dev.quern.kernel.Resize2dKernel;
import dev.quern.kernel.Resize2dKernel.Operator;
import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.layer.shape.CircularPad2d;
import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.ByteUse;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Sides;
import java.util.List;

/**
 * Layers that change only height and width: pooling, upsampling and padding. The backward pass
 * reads no values of the forward pass.
 */
final class Resize2dOp extends UnaryOp {
  static final LayerPlan<AdaptiveAvgPool2d> ADAPTIVE_PLAN =
      MeanOp.plan(
          Resize2dOp::adaptiveAvgPool2d,
          (b, pool, in, out, toBytes) ->
              new Resize2dKernel(
                      b.descriptor(), Operator.ADAPTIVE_AVG_POOL2D, b.batch, in, out, 0, 0)
                  .means(toBytes));

  static final LayerPlan<UpsampleNearest2d> NEAREST_PLAN =
      new LayerPlan<>() {
        @Override
        public ByteUse bytes() {
          return ByteUse.PASSES;
        }

        @Override
        public Value lower(
            Builder b, Chain chain, UpsampleNearest2d layer, List<Value> in, Shape out) {
          return upsampleNearest2d(b, in.get(0), out);
        }

        @Override
        public boolean readsBytes(Builder b) {
          return true;
        }
      };

  private final Resize2dKernel kernel;

  Resize2dOp(Resize2dKernel kernel, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
  }

  private static Value adaptiveAvgPool2d(Builder b, AdaptiveAvgPool2d pool, Value in, Shape out) {
    return lower(b, Operator.ADAPTIVE_AVG_POOL2D, in, out, 0, 0);
  }

  static Value zeroPad2d(Builder b, ZeroPad2d pad, Value in, Shape out) {
    return lower(b, Operator.ZERO_PAD2D, in, out, pad.top(), pad.left());
  }

  /**
   * Returns a convolution's input with zero padding if the padding is asymmetric; otherwise the
   * input itself.
   */
  static Value padded(Builder b, Sides sides, Value in) {
    if (sides.isEven()) {
      return in;
    }
    Shape out = paddedShape(sides, in.shape());
    Value to = b.value(in, TensorType.of(out, out.dim(1) * out.dim(2)), false);
    return add(b, Operator.ZERO_PAD2D, in, to, sides.top(), sides.left());
  }

  /**
   * Returns the shape of a sample after asymmetric padding; {@code in} if the padding is symmetric.
   */
  static Shape paddedShape(Sides s, Shape in) {
    return s.isEven()
        ? in
        : Shape.of(in.dim(0), s.top() + in.dim(1) + s.bottom(), s.left() + in.dim(2) + s.right());
  }

  static Value reflectionPad2d(Builder b, ReflectionPad2d pad, Value in, Shape out) {
    return lower(b, Operator.REFLECTION_PAD2D, in, out, pad.top(), pad.left());
  }

  static Value replicationPad2d(Builder b, ReplicationPad2d pad, Value in, Shape out) {
    return lower(b, Operator.REPLICATION_PAD2D, in, out, pad.top(), pad.left());
  }

  static Value circularPad2d(Builder b, CircularPad2d pad, Value in, Shape out) {
    return lower(b, Operator.CIRCULAR_PAD2D, in, out, pad.top(), pad.left());
  }

  static Value upsampleBilinear2d(Builder b, UpsampleBilinear2d upsample, Value in, Shape out) {
    return bilinear(b, upsample.alignCorners(), in, out);
  }

  /** Adds bilinear interpolation to the builder; {@code out} may have any height and width. */
  static Value bilinear(Builder b, boolean alignCorners, Value in, Shape out) {
    return lower(b, Operator.bilinear(alignCorners), in, out, 0, 0);
  }

  private static Value upsampleNearest2d(Builder b, Value in, Shape out) {
    Value to = b.value(in, b.outType(out).of(in.type.element()), false);
    return add(b, Operator.UPSAMPLE_NEAREST2D, in, to, 0, 0);
  }

  private static Value lower(Builder b, Operator operator, Value in, Shape out, int top, int left) {
    return add(b, operator, in, b.value(in, out, false), top, left);
  }

  private static Value add(Builder b, Operator operator, Value in, Value to, int top, int left) {
    b.touchDiffs(in, to);
    Resize2dKernel kernel =
        new Resize2dKernel(b.descriptor(), operator, b.batch, in.shape(), to.shape(), top, left);
    if (in.type.element().isByte()) {
      kernel.bytes();
    }
    b.ops.add(new Resize2dOp(kernel, in, to));
    return to;
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, dst);
  }

  @Override
  public void gradients() {
    kernel.backward(diffDst, diffSrc);
  }
}
