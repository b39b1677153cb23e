package dev.quern.plan;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.MatmulKernel;
import dev.quern.layer.Matmul;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * The matrix product of two values, which lie in the callers' order: in ours the numbers of a row
 * of {@code [C, H, W]} are no neighbours. Both are kept for the gradients.
 */
final class MatmulOp implements Op {
  static final LayerPlan<Matmul> PLAN =
      new LayerPlan<>() {
        @Override
        public Value lower(Builder b, Chain chain, Matmul layer, List<Value> in, Shape out) {
          return MatmulOp.lower(b, in, out);
        }

        @Override
        public boolean callersOrder() {
          return true;
        }
      };

  private final MatmulKernel kernel;
  private final Value in;
  private final Value other;
  private final Value out;
  private Pointer src;
  private Pointer second;
  private Pointer dst;
  private Pointer diffSrc;
  private Pointer diffSecond;
  private Pointer diffDst;

  private MatmulOp(MatmulKernel kernel, Value in, Value other, Value out) {
    this.kernel = kernel;
    this.in = in;
    this.other = other;
    this.out = out;
  }

  private static Value lower(Builder b, List<Value> inputs, Shape out) {
    List<Value> theirs = inputs.stream().map(b::theirs).toList();
    Value to = b.merge(theirs, TensorType.of(out, 1));
    if (to.diff != null) {
      theirs.forEach(b::keepForBackward);
    }
    Value in = theirs.get(0);
    MatmulKernel kernel = new MatmulKernel(b.descriptor(), b.batch, in.shape(), out);
    b.ops.add(new MatmulOp(kernel, in, theirs.get(1), to));
    return b.ours(to);
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
    kernel.batch(n);
  }

  @Override
  public void forward() {
    kernel.forward(src, second, dst);
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      kernel.backward(src, second, diffDst, diffSrc, diffSecond);
    }
  }
}
