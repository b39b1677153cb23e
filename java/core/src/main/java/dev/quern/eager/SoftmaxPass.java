package dev.quern.eager;

import dev.quern.kernel.Scratch;
import dev.quern.kernel.SoftmaxKernel;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.LogSoftmax;
import dev.quern.layer.activation.Softmax;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Forward and backward pass of {@link Softmax} and {@link LogSoftmax} on tensors, over the classes
 * of each sample or the channels of each pixel.
 */
public final class SoftmaxPass {
  private final Layer layer;
  private final SoftmaxKernel kind;

  SoftmaxPass(Layer layer, SoftmaxKernel kind) {
    this.layer = layer;
    this.kind = kind;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C]} or {@code [N, C, H, W]}
   * @return a tensor with the input's shape, in the input's arena
   */
  public Tensor forward(Tensor input) {
    Shape in = check(input);
    try (Scratch s = new Scratch(input)) {
      if (in.rank() == 2) {
        Tensor output = input.arena().tensor(in);
        kind.forward(in.dim(0), in.dim(1), s.raw(input), s.raw(output));
        return output;
      }
      FloatPointer dst = s.floats(in.elements());
      kind.forward(rows(in), in.dim(1), s.nhwc(input), dst);
      return s.nchw(input.arena(), in, dst);
    }
  }

  /**
   * Returns the gradient with respect to the input, computed from the output, in the output's
   * arena.
   */
  public Tensor backward(Tensor output, Tensor gradOutput) {
    Shape out = check(output);
    TensorChecks.shape(layer.type(), "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(output, gradOutput)) {
      if (out.rank() == 2) {
        Tensor grad = output.arena().tensor(out);
        kind.backward(out.dim(0), out.dim(1), s.raw(output), s.raw(gradOutput), s.raw(grad));
        return grad;
      }
      FloatPointer diff = s.floats(out.elements());
      kind.backward(rows(out), out.dim(1), s.nhwc(output), s.nhwc(gradOutput), diff);
      return s.nchw(output.arena(), out, diff);
    }
  }

  private Shape check(Tensor t) {
    TensorChecks.batched(layer.type(), t);
    layer.outputShape(t.shape().sample());
    return t.shape();
  }

  private static long rows(Shape s) {
    return s.dim(0) * s.dim(2) * s.dim(3);
  }
}
