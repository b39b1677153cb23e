package dev.quern.plan;

import dev.quern.internal.OffHeap;
import org.bytedeco.javacpp.Pointer;

/** An operation from two values to one, with pointers to all and to their gradients. */
abstract class PairOp implements Op {
  final Value in;
  final Value other;
  final Value out;
  Pointer src;
  Pointer second;
  Pointer dst;

  /** Null in inference, and where nothing trained lies before. */
  Pointer diffSrc;

  /** Null where {@link #diffSrc} would be, of the other. */
  Pointer diffSecond;

  /** Null in inference, and where nothing trained lies before either. */
  Pointer diffDst;

  PairOp(Value in, Value other, Value out) {
    this.in = in;
    this.other = other;
    this.out = out;
  }

  /** Says that the backward pass of what becomes {@code out} reads both. */
  static void keep(Builder b, Value in, Value other, Value out) {
    if (out.diff != null) {
      b.keepForBackward(in);
      b.keepForBackward(other);
    }
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
  public final void backward() {
    if (diffDst != null) {
      gradients();
    }
  }

  /** The backward pass, where the output has a gradient. */
  abstract void gradients();
}
