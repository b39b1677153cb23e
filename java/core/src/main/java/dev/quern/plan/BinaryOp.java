package dev.quern.plan;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.BinaryKernel;
import dev.quern.kernel.Broadcast;
import dev.quern.layer.Layer;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * Two values of one shape to one, or an image and one value a channel; both are kept for the
 * gradients. Others meet in {@link BroadcastOp}.
 */
final class BinaryOp implements Op {
  private final BinaryKernel kernel;
  private final Value in;
  private final Value other;
  private final Value out;
  private final long pixels;
  private final long otherPixels;
  private final long channels;
  private long batch;
  private Pointer src;
  private Pointer second;
  private Pointer dst;
  private Pointer diffSrc;
  private Pointer diffSecond;
  private Pointer diffDst;

  private BinaryOp(BinaryKernel kernel, int batch, Value in, Value other, Value out) {
    this.kernel = kernel;
    this.batch = batch;
    this.in = in;
    this.other = other;
    this.out = out;
    // rows without channels may be said to have pixels, as a flattened image has, or not
    boolean alike = in.shape().equals(other.shape());
    this.channels = alike ? 1 : in.channels();
    this.pixels = alike ? in.shape().elements() : in.pixels();
    this.otherPixels = alike ? pixels : other.pixels();
  }

  /** Of two inputs, or of more in turn: what two made and the next. */
  static LayerPlan<Layer> plan(BinaryKernel kernel) {
    return LayerPlan.merge((b, layer, in, out) -> lower(b, kernel, in, out));
  }

  static Value lower(Builder b, BinaryKernel kernel, List<Value> in, Shape out) {
    boolean alike = in.stream().allMatch(v -> v.shape().equals(out));
    // only what is of one shape may lie in two orders
    List<Value> ordered = alike ? b.inOneOrder(in) : in;
    Value made = ordered.get(0);
    for (Value next : ordered.subList(1, ordered.size())) {
      made =
          alike || isPerChannel(made, next, out)
              ? add(b, kernel, made, next, out)
              : BroadcastOp.add(
                  b, kernel, made, next, Broadcast.shape("plan", made.shape(), next.shape()));
    }
    return b.expected(made);
  }

  /** One value a channel has one pixel by nature. */
  private static boolean isPerChannel(Value image, Value next, Shape out) {
    return out.rank() == 3
        && image.shape().equals(out)
        && next.shape().equals(Shape.of(out.dim(0), 1, 1));
  }

  private static Value add(Builder b, BinaryKernel kernel, Value in, Value next, Shape out) {
    Value to = b.merge(List.of(in, next), out);
    if (to.diff != null) {
      b.keepForBackward(in);
      b.keepForBackward(next);
    }
    b.ops.add(new BinaryOp(kernel, b.batch, in, next, to));
    return to;
  }

  @Override
  public void bind(OffHeap slab) {
    src = slab.pointer(in.data.offset);
    second = slab.pointer(other.data.offset);
    dst = slab.pointer(out.data.offset);
    if (out.diff != null) {
      diffDst = slab.pointer(out.diff.offset);
      diffSrc = in.diff == null ? null : slab.pointer(in.diff.offset);
      diffSecond = other.diff == null ? null : slab.pointer(other.diff.offset);
    }
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    kernel.forward(batch, pixels, otherPixels, channels, src, second, dst);
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      kernel.backward(
          batch, pixels, otherPixels, channels, src, second, diffDst, diffSrc, diffSecond);
    }
  }
}
