package dev.quern.eager;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.kernel.AddKernel;
import dev.quern.kernel.BinaryKernel;
import dev.quern.kernel.Broadcast;
import dev.quern.kernel.BroadcastKernel;
import dev.quern.kernel.Rearrangement;
import dev.quern.kernel.Scratch;
import dev.quern.layer.Layer;
import dev.quern.layer.math.Add;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Forward and backward pass, on tensors, of elementwise layers with two broadcast inputs, such as
 * {@link Add}.
 */
public final class BinaryPass {
  private final String op;
  private final BinaryKernel kernel;

  BinaryPass(Layer layer, BinaryKernel kernel) {
    op = layer.type();
    this.kernel = kernel;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, ...]}
   * @param other {@code [N, ...]}; along each axis, both inputs have the same size, or one of them
   *     has size 1. {@link Add} also accepts tensors of equal shape without a batch axis
   * @return a tensor with the larger size along each axis, in the input's arena
   */
  public Tensor forward(Tensor input, Tensor other) {
    if (kernel == BinaryKernel.ADD) {
      Require.present(op, "input", input);
      Require.present(op, "other", other);
      if (other.shape().equals(input.shape())) {
        return sum(input, other);
      }
    }
    Shape out = check(input, other);
    Shape in = input.shape();
    try (Scratch s = new Scratch(input, other)) {
      if (other.shape().equals(in)) {
        Tensor output = input.arena().tensor(in);
        long n = in.elements();
        kernel.forward(1, n, n, 1, s.raw(input), s.raw(other), s.raw(output));
        return output;
      }
      if (perChannel(in, other.shape())) {
        FloatPointer dst = s.floats(in.elements());
        kernel.forward(in.dim(0), pixels(in), 1, in.dim(1), s.nhwc(input), s.raw(other), dst);
        return s.nchw(input.arena(), in, dst);
      }
      Tensor output = input.arena().tensor(out);
      broadcast(kernel, in, other.shape(), out).forward(s.raw(input), s.raw(other), s.raw(output));
      return output;
    }
  }

  private static Tensor sum(Tensor input, Tensor other) {
    try (Scratch s = new Scratch(input, other)) {
      Tensor output = input.arena().tensor(input.shape());
      AddKernel.forward(input.shape().elements(), s.raw(input), s.raw(other), s.raw(output));
      return output;
    }
  }

  /**
   * Returns the gradients with respect to both inputs, in the input's arena. Gradients are summed
   * over broadcast axes.
   */
  public BinaryGradients backward(Tensor input, Tensor other, Tensor gradOutput) {
    Shape out = check(input, other);
    Shape in = input.shape();
    TensorChecks.shape(op, "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(input, other, gradOutput)) {
      Tensor gradOther = input.arena().tensor(other.shape());
      if (!other.shape().equals(in) && perChannel(in, other.shape())) {
        FloatPointer diff = s.floats(in.elements());
        kernel.backward(
            in.dim(0),
            pixels(in),
            1,
            in.dim(1),
            s.nhwc(input),
            s.raw(other),
            s.nhwc(gradOutput),
            diff,
            s.raw(gradOther));
        return new BinaryGradients(s.nchw(input.arena(), in, diff), gradOther);
      }
      Tensor gradInput = input.arena().tensor(in);
      FloatPointer diff = s.raw(gradOutput);
      if (other.shape().equals(in)) {
        long n = in.elements();
        kernel.backward(
            1, n, n, 1, s.raw(input), s.raw(other), diff, s.raw(gradInput), s.raw(gradOther));
      } else {
        broadcast(kernel, in, other.shape(), out)
            .backward(s.raw(input), s.raw(other), diff, s.raw(gradInput), s.raw(gradOther));
      }
      return new BinaryGradients(gradInput, gradOther);
    }
  }

  /** Returns the kernel for row-major tensors; all shapes include the batch axis. */
  static BroadcastKernel broadcast(BinaryKernel kernel, Shape input, Shape other, Shape out) {
    Shape a = input.sample();
    Shape b = other.sample();
    return Broadcast.kernel(
        kernel,
        out.dim(0),
        out.sample(),
        Rearrangement.strides(out.sample()),
        a,
        Rearrangement.strides(a),
        b,
        Rearrangement.strides(b));
  }

  private static boolean perChannel(Shape in, Shape other) {
    return in.rank() == 4 && other.equals(Shape.of(in.dim(0), in.dim(1), 1, 1));
  }

  private static long pixels(Shape images) {
    return images.dim(2) * images.dim(3);
  }

  /** Checks the inputs and returns the output's shape. */
  private Shape check(Tensor input, Tensor other) {
    TensorChecks.batched(op, input);
    Require.present(op, "other", other);
    return batchOutput(op, input.shape(), other.shape());
  }

  /** Returns the shape to which two batches of equal size broadcast. */
  static Shape batchOutput(String op, Shape in, Shape by) {
    if (by.rank() == 0 || by.dim(0) != in.dim(0)) {
      throw new ShapeException(op + ": batch sizes of " + in + " and " + by + " differ");
    }
    return Broadcast.shape(op, in.sample(), by.sample()).batch(in.dim(0));
  }
}
