package dev.quern.plan;

import dev.quern.internal.OffHeap;
import org.bytedeco.javacpp.Pointer;

/** An operation from one value to one other, with pointers to both and to their gradients. */
abstract class UnaryOp implements Op {
  final Value in;
  final Value out;
  Pointer src;
  Pointer dst;

  /** Null in inference, and where nothing trained lies before. */
  Pointer diffSrc;

  /** Null in inference, and where nothing trained lies before or here. */
  Pointer diffDst;

  UnaryOp(Value in, Value out) {
    this.in = in;
    this.out = out;
  }

  @Override
  public void bind(OffHeap slab) {
    src = slab.pointer(in.data.offset);
    dst = slab.pointer(out.data.offset);
    if (out.diff != null) {
      diffDst = slab.pointer(out.diff.offset);
      diffSrc = in.diff == null ? null : slab.pointer(in.diff.offset);
    }
  }

  @Override
  public final void backward() {
    if (diffDst != null) {
      gradients();
    }
  }

  /** The backward pass, where the output has a gradient. */
  abstract void gradients();
}
