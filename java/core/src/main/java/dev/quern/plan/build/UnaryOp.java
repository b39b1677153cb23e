package dev.quern.plan.build;

import dev.quern.internal.OffHeap;
import dev.quern.plan.memory.Value;
import org.bytedeco.javacpp.Pointer;

/** An operation with one input and one output, with pointers to the values and their gradients. */
public abstract class UnaryOp implements Op {
  public final Value in;
  public final Value out;
  public Pointer src;
  public Pointer dst;

  /** The gradient of the input; null in inference, and if no layer before the input is trained. */
  public Pointer diffSrc;

  /**
   * The gradient of the output; null in inference, and if neither this layer nor a layer before it
   * is trained.
   */
  public Pointer diffDst;

  public UnaryOp(Value in, Value out) {
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

  /** Computes the gradients of weights and input. Called only if the output has a gradient. */
  public abstract void gradients();
}
