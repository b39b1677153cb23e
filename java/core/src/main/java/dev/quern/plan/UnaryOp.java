package dev.quern.plan;

import dev.quern.internal.Block;
import org.bytedeco.javacpp.FloatPointer;

/** An operation from one value to one other, with pointers to both and to their gradients. */
abstract class UnaryOp implements Op {
  final Value in;
  final Value out;
  FloatPointer src;
  FloatPointer dst;

  /** Null in inference, and where no trainable layer lies before. */
  FloatPointer diffSrc;

  /** Null in inference, and where no trainable layer lies before or here. */
  FloatPointer diffDst;

  UnaryOp(Value in, Value out) {
    this.in = in;
    this.out = out;
  }

  @Override
  public void bind(Block slab) {
    src = slab.floats(in.data.offset);
    dst = slab.floats(out.data.offset);
    if (out.diff != null) {
      diffDst = slab.floats(out.diff.offset);
      diffSrc = in.diff == null ? null : slab.floats(in.diff.offset);
    }
  }
}
