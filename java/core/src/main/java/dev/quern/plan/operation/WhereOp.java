package dev.quern.plan.operation;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.BinaryKernel;
import dev.quern.kernel.BroadcastKernel;
import dev.quern.layer.math.Where;
import dev.quern.plan.build.Builder;
import dev.quern.plan.build.Op;
import dev.quern.plan.build.Orders;
import dev.quern.plan.memory.TensorType;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * Elementwise selection between two values by a condition. The condition is kept for the backward
 * pass.
 */
final class WhereOp implements Op {
  private final BroadcastKernel when;
  private final BroadcastKernel unless;
  private final List<Value> in;
  private final Value out;
  private final Pointer[] src = new Pointer[3];
  private final Pointer[] diffSrc = new Pointer[3];
  private long batch;
  private Pointer dst;
  private Pointer diffDst;

  private WhereOp(
      BroadcastKernel when, BroadcastKernel unless, int batch, List<Value> in, Value out) {
    this.when = when;
    this.unless = unless;
    this.batch = batch;
    this.in = in;
    this.out = out;
  }

  static Value lower(Builder b, Where where, List<Value> inputs, Shape out) {
    boolean alike = inputs.stream().allMatch(v -> v.shape().equals(out));
    List<Value> in =
        alike ? b.reorder.inOneOrder(inputs) : inputs.stream().map(b.reorder::strided).toList();
    Value to = alike ? b.merge(in, out) : b.merge(in, TensorType.of(out, Orders.ofImage(out)));
    if (to.diff != null) {
      b.saved.keepExact(in.get(0));
    }
    Value condition = in.get(0);
    b.ops.add(
        new WhereOp(
            BroadcastOp.kernel(b, BinaryKernel.WHEN, condition, in.get(1), to),
            BroadcastOp.kernel(b, BinaryKernel.UNLESS, condition, in.get(2), to),
            b.batch,
            in,
            to));
    return b.reorder.expected(to);
  }

  @Override
  public void bind(OffHeap slab) {
    dst = slab.pointer(out.data.offset);
    diffDst = out.diff == null ? null : slab.pointer(out.diff.offset);
    for (int i = 0; i < 3; i++) {
      Value v = in.get(i);
      src[i] = slab.pointer(v.data.offset);
      diffSrc[i] = diffDst == null || v.diff == null ? null : slab.pointer(v.diff.offset);
    }
  }

  @Override
  public void batch(int n) {
    batch = n;
    when.batch(n);
    unless.batch(n);
  }

  @Override
  public void forward() {
    when.forward(src[0], src[1], dst);
    unless.forward(src[0], src[2], dst);
  }

  @Override
  public void backward() {
    if (diffDst == null) {
      return;
    }
    if (diffSrc[0] != null) {
      Pointer.memset(diffSrc[0], 0, in.get(0).type.bytes(batch));
    }
    // the gradient does not depend on the selected values, so they are not kept
    when.backward(src[0], src[1], diffDst, null, diffSrc[1]);
    unless.backward(src[0], src[2], diffDst, null, diffSrc[2]);
  }
}
