package dev.quern.plan;

import dev.quern.internal.Philox;
import dev.quern.kernel.DropoutKernel;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.tensor.Shape;

/**
 * Dropout of elements or channels, usually in place. Its backward pass draws the forward pass's
 * numbers again, so that neither values nor masks are kept. An inference plan has none.
 */
final class DropoutOp extends UnaryOp {
  private final DropoutKernel kernel;
  private final int node;

  private DropoutOp(DropoutKernel kernel, int node, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
    this.node = node;
  }

  static Value lower(Builder b, Dropout dropout, Value in, Shape out) {
    return lower(b, dropout.p(), false, in, out);
  }

  static Value lower(Builder b, Dropout2d dropout, Value in, Shape out) {
    return lower(b, dropout.p(), true, in, out);
  }

  private static Value lower(Builder b, float p, boolean wholeChannels, Value in, Shape out) {
    if (!b.training) {
      return in;
    }
    Value to = b.over(in, out);
    DropoutKernel kernel =
        new DropoutKernel(b.descriptor(), p, wholeChannels, b.batch, in.channels(), in.pixels);
    b.ops.add(new DropoutOp(kernel, b.nodeIndex(), in, to));
    return to;
  }

  @Override
  public void batch(int n) {
    kernel.batch(n);
  }

  @Override
  public void random(long seed, long step) {
    kernel.key(Philox.bits(seed, Philox.Stream.DROPOUT, node, step));
  }

  @Override
  public void forward() {
    kernel.apply(src, dst);
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      kernel.apply(diffDst, diffSrc);
    }
  }
}
