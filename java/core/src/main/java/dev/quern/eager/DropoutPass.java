package dev.quern.eager;

import dev.quern.internal.Philox;
import dev.quern.kernel.DropoutKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.Dropout;
import dev.quern.layer.Dropout2d;
import dev.quern.layer.Layer;
import dev.quern.layer.StochasticDepth;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Forward and backward pass of {@link Dropout}, {@link Dropout2d} and {@link StochasticDepth} on
 * tensors.
 */
public final class DropoutPass {
  /** What is dropped or kept as a whole. */
  enum Unit {
    ELEMENT,
    CHANNEL,
    SAMPLE
  }

  private final String op;
  private final float p;
  private final Unit unit;

  DropoutPass(Layer layer, float p, Unit unit) {
    op = layer.type();
    this.p = p;
    this.unit = unit;
  }

  /**
   * Applies dropout in training mode. The random mask is the same as if the layer were the first
   * layer of a network.
   *
   * @param input {@code [N, ...]}; {@code [N, C, H, W]} for {@link Dropout2d}
   * @param seed the trainer's seed
   * @param step the trainer's step, from 0
   * @return a tensor with the input's shape, in the input's arena
   */
  public Tensor forward(Tensor input, long seed, long step) {
    return pass("input", input, seed, step);
  }

  /**
   * Returns the gradient with respect to the input; seed and step must equal those passed to {@link
   * #forward}.
   */
  public Tensor backward(Tensor gradOutput, long seed, long step) {
    return pass("grad_output", gradOutput, seed, step); // the gradient of dropped elements is 0
  }

  private Tensor pass(String what, Tensor t, long seed, long step) {
    long key = Philox.bits(seed, Philox.Stream.DROPOUT, 0, step);
    return unit == Unit.CHANNEL ? dropChannels(what, t, key) : drop(what, t, key);
  }

  private Tensor drop(String what, Tensor t, long key) {
    TensorChecks.batched(op, what, t);
    Shape in = t.shape();
    boolean samples = unit == Unit.SAMPLE; // of one channel
    try (Scratch s = new Scratch(t)) {
      Tensor output = t.arena().tensor(in);
      new DropoutKernel(s.descriptor(), p, samples, in.dim(0), 1, in.sample().elements())
          .key(key)
          .apply(s.raw(t), s.raw(output));
      return output;
    }
  }

  private Tensor dropChannels(String what, Tensor t, long key) {
    Shape in = TensorChecks.images(op, what, t);
    try (Scratch s = new Scratch(t)) {
      long pixels = in.dim(2) * in.dim(3);
      FloatPointer values = s.nhwc(t);
      new DropoutKernel(s.descriptor(), p, true, in.dim(0), in.dim(1), pixels)
          .key(key)
          .apply(values, values);
      return s.nchw(t.arena(), in, values);
    }
  }
}
