package dev.quern.plan;

import dev.quern.bindings.ActivationDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import dev.quern.kernel.Activations;
import dev.quern.layer.Activation;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.FloatPointer;

/**
 * An activation: usually in place where its backward pass goes by the output or where none follows,
 * else the input is kept.
 */
final class ActivationOp extends UnaryOp {
  private final ActivationDescriptor descriptor;
  private final boolean readsOutput;
  private long batch;

  ActivationOp(
      ActivationDescriptor descriptor, boolean readsOutput, int batch, Value in, Value out) {
    super(in, out);
    this.descriptor = descriptor;
    this.readsOutput = readsOutput;
    this.batch = batch;
  }

  static Value lower(Builder b, Activation layer, Value in, Shape out) {
    ActivationDescriptor descriptor = Activations.descriptor(b.descriptor(), layer);
    boolean readsOutput = Activations.readsOutput(descriptor);
    Value to;
    if (readsOutput || in.diff == null) {
      to = b.inPlace(in, out);
    } else {
      to = b.value(in, out, false);
      b.touchDiffs(in, to);
      b.keepForBackward(in);
    }
    b.ops.add(new ActivationOp(descriptor, readsOutput, b.batch, in, to));
    return to;
  }

  @Override
  public void batch(int n) {
    batch = n;
  }

  @Override
  public void forward() {
    Status.check(Quern.quern_activation_forward(descriptor, batch * in.shape.elements(), src, dst));
  }

  @Override
  public void backward() {
    if (diffDst != null) {
      FloatPointer saved = readsOutput ? dst : src;
      Status.check(
          Quern.quern_activation_backward(
              descriptor, batch * in.shape.elements(), saved, diffDst, diffSrc));
    }
  }
}
