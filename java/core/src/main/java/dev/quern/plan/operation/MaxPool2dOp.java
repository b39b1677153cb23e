package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.AdaptiveMaxPool2dKernel;
import dev.quern.kernel.MaxPool2dKernel;
import dev.quern.kernel.MaximaKernel;
import dev.quern.kernel.Window;
import dev.quern.kernel.conv.Window3d;
import dev.quern.layer.AdaptiveMaxPool2d;
import dev.quern.layer.MaxPool2d;
import dev.quern.layer.volume.MaxPool3d;
import dev.quern.plan.build.Bf16Use;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.ByteUse;
import dev.quern.plan.build.Chain;
import dev.quern.plan.build.LayerPlan;
import dev.quern.plan.build.Orders;
import dev.quern.plan.build.UnaryOp;
import dev.quern.plan.memory.Slot;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Max pooling with a window, or adaptive max pooling. In training, the forward pass stores the
 * position of each maximum for the backward pass.
 */
final class MaxPool2dOp extends UnaryOp {
  static final LayerPlan<MaxPool2d> PLAN =
      new LayerPlan<>() {
        @Override
        public ByteUse bytes() {
          return ByteUse.PASSES;
        }

        @Override
        public Bf16Use bf16(Builder b, Chain chain, MaxPool2d layer, Shape in) {
          return Bf16Use.FOLLOWS;
        }

        @Override
        public Value lower(Builder b, Chain chain, MaxPool2d layer, List<Value> in, Shape out) {
          return MaxPool2dOp.lower(b, layer, in.get(0), out);
        }

        @Override
        public boolean readsBytes(Builder b) {
          return true;
        }
      };

  private final Slot indexSlot;
  private final MaximaKernel kernel;
  private IntPointer indices;

  private MaxPool2dOp(MaximaKernel kernel, Value in, Value out, Slot indexSlotOrNull) {
    super(in, out);
    this.indexSlot = indexSlotOrNull;
    this.kernel = kernel;
  }

  private static Value lower(Builder b, MaxPool2d pool, Value in, Shape out) {
    Window window = new Window(pool.kernel(), pool.stride(), pool.paddings(), pool.dilation());
    MaxPool2dKernel kernel =
        new MaxPool2dKernel(b.descriptor(), b.batch, in.shape(), window, pool.ceilMode());
    if (in.type.element().isByte()) {
      kernel.bytes();
    } else if (in.type.element().isBf16()) {
      kernel.bf16();
    }
    return lower(b, kernel, in, out);
  }

  static Value adaptive(Builder b, AdaptiveMaxPool2d pool, Value in, Shape out) {
    return lower(b, new AdaptiveMaxPool2dKernel(b.descriptor(), b.batch, in.shape(), out), in, out);
  }

  /** Pools the slices of volumes, then along the depth. */
  static Value volumes(Builder b, MaxPool3d pool, Value from, Shape out) {
    Window3d window = new Window3d(pool.kernel(), pool.stride(), pool.padding(), pool.dilation());
    Value in = from;
    for (Window3d.Pooling p : window.poolings(from.shape(), out)) {
      MaxPool2dKernel kernel =
          new MaxPool2dKernel(
              b.descriptor(), b.batch * p.images(), p.image(), p.window(), pool.ceilMode());
      Value to = b.value(in, TensorType.of(p.out(), Orders.positions(p.out())), false);
      b.touchDiffs(in, to);
      add(b, new Slices(kernel, p.images()), in, to);
      in = to;
    }
    return in;
  }

  /** A kernel of images, several of which make up a sample. */
  private record Slices(MaximaKernel kernel, long images) implements MaximaKernel {
    @Override
    public void batch(long n) {
      kernel.batch(n * images);
    }

    @Override
    public void forward(Pointer src, Pointer dst, IntPointer indicesOrNull) {
      kernel.forward(src, dst, indicesOrNull);
    }

    @Override
    public void backward(Pointer diffDst, IntPointer indices, Pointer diffSrc) {
      kernel.backward(diffDst, indices, diffSrc);
    }
  }

  private static Value lower(Builder b, MaximaKernel kernel, Value in, Shape out) {
    Value to = b.value(in, b.outType(out).of(in.type.element()), false);
    b.touchDiffs(in, to);
    add(b, kernel, in, to);
    return to;
  }

  private static void add(Builder b, MaximaKernel kernel, Value in, Value to) {
    long maxima = to.shape().batch(b.batch).elements();
    Slot indices = to.diff == null ? null : b.savedSlot(Integer.BYTES * maxima);
    b.ops.add(new MaxPool2dOp(kernel, in, to, indices));
  }

  @Override
  public void bind(OffHeap slab) {
    super.bind(slab);
    if (out.diff != null) {
      indices = slab.ints(indexSlot.offset);
    }
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, dst, indices);
  }

  @Override
  public void gradients() {
    kernel.backward(diffDst, indices, diffSrc);
  }
}
