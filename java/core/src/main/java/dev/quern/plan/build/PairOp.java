package dev.quern.plan.build;

import dev.quern.internal.OffHeap;
import dev.quern.plan.memory.Value;
import org.bytedeco.javacpp.Pointer;

/** An operation from two values to one, with pointers to all and to their gradients. */
public abstract class PairOp implements Op {
  public final Value in;
  public final Value other;
  public final Value out;
  public Pointer src;
  public Pointer second;
  public Pointer dst;

  /** Null in inference, and where nothing trained lies before. */
  public Pointer diffSrc;

  /** Null where {@link #diffSrc} would be, of the other. */
  public Pointer diffSecond;

  /** Null in inference, and where nothing trained lies before either. */
  public Pointer diffDst;

  public PairOp(Value in, Value other, Value out) {
    this.in = in;
    this.other = other;
    this.out = out;
  }

  /** Says that the backward pass of what becomes {@code out} reads both. */
  public static void keep(Builder b, Value in, Value other, Value out) {
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
  public abstract void gradients();
}
