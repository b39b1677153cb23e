package dev.quern.plan.build;

import dev.quern.internal.OffHeap;
import dev.quern.plan.memory.Value;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/** An operation with two inputs and one output, with pointers to the values and their gradients. */
public abstract class PairOp implements Op {
  public final Value in;
  public final Value other;
  public final Value out;
  public Pointer src;
  public Pointer second;
  public Pointer dst;

  /**
   * The gradient of the first input; null in inference, and if no layer before the input is
   * trained.
   */
  public Pointer diffSrc;

  /**
   * The gradient of the second input; null in inference, and if no layer before the input is
   * trained.
   */
  public Pointer diffSecond;

  /**
   * The gradient of the output; null in inference, and if no layer before the inputs is trained.
   */
  public Pointer diffDst;

  public PairOp(Value in, Value other, Value out) {
    this.in = in;
    this.other = other;
    this.out = out;
  }

  /**
   * Records that the backward pass of {@code out} reads both inputs.
   *
   * @param exact whether the inputs must not be rounded
   */
  public static void keep(Builder b, Value in, Value other, Value out, boolean exact) {
    for (Value v : out.diff == null ? List.<Value>of() : List.of(in, other)) {
      if (exact) {
        b.saved.keepExact(v);
      } else {
        b.keepForBackward(v);
      }
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

  /** Computes the gradients of the inputs. Called only if the output has a gradient. */
  public abstract void gradients();
}
