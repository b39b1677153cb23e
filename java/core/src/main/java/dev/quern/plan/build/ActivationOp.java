package dev.quern.plan.build;

import dev.quern.kernel.ActivationKernel;
import dev.quern.layer.activation.Activation;
import dev.quern.plan.memory.Value;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/**
 * An elementwise activation. It runs in place where possible: in inference, or if the backward pass
 * reads only the output. Otherwise the input is kept for the backward pass.
 */
public final class ActivationOp extends UnaryOp {
  private final ActivationKernel kernel;
  private final boolean readsOutput;
  private long batch;

  public ActivationOp(
      ActivationKernel kernel, boolean readsOutput, int batch, Value in, Value out) {
    super(in, out);
    this.kernel = kernel;
    this.readsOutput = readsOutput;
    this.batch = batch;
  }

  public static ActivationKernel kernel(Builder b, Activation layer) {
    return new ActivationKernel(b.descriptor(), layer.function(), layer.coefficients());
  }

  public static Value lower(Builder b, Activation layer, Value in, Shape out) {
    ActivationKernel kernel = kernel(b, layer);
    boolean readsOutput = kernel.readsOutput();
    Value to;
    if (readsOutput || in.diff == null) {
      to = b.inPlace(in, out);
    } else {
      to = b.value(in, out, false);
      b.touchDiffs(in, to);
      b.keepForBackward(in);
    }
    b.ops.add(new ActivationOp(kernel, readsOutput, b.batch, in, to));
    return to;
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    kernel.forward(batch * in.shape().elements(), src, dst);
  }

  @Override
  public void gradients() {
    Pointer saved = readsOutput ? dst : src;
    kernel.backward(batch * in.shape().elements(), saved, diffDst, diffSrc);
  }
}
