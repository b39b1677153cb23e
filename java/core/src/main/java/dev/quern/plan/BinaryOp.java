package dev.quern.plan;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.BinaryKernel;
import dev.quern.layer.Layer;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** Two values to one, place by place; both are kept for the gradients. */
final class BinaryOp implements Op {
  private final BinaryKernel kernel;
  private final Value in;
  private final Value other;
  private final Value out;
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
  }

  /** Of two inputs, or of more in turn: what two made and the next. */
  static LayerPlan<Layer> plan(BinaryKernel kernel) {
    return LayerPlan.merge((b, layer, in, out) -> lower(b, kernel, in, out));
  }

  private static Value lower(Builder b, BinaryKernel kernel, List<Value> in, Shape out) {
    // one value a channel has one pixel by nature; only what is of one shape may lie in two orders
    boolean alike = in.stream().allMatch(v -> v.shape().equals(out));
    List<Value> ordered = alike ? b.inOneOrder(in) : in;
    Value made = ordered.get(0);
    for (Value next : ordered.subList(1, ordered.size())) {
      Value to = b.merge(List.of(made, next), out);
      if (to.diff != null) {
        b.keepForBackward(made);
        b.keepForBackward(next);
      }
      b.ops.add(new BinaryOp(kernel, b.batch, made, next, to));
      made = to;
    }
    return made;
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
    kernel.forward(batch, in.pixels(), other.pixels(), in.channels(), src, second, dst);
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      kernel.backward(
          batch,
          in.pixels(),
          other.pixels(),
          in.channels(),
          src,
          second,
          diffDst,
          diffSrc,
          diffSecond);
    }
  }
}
