package dev.quern.eager;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.LocalResponseNormKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.LocalResponseNorm;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/** Forward and backward pass of {@link LocalResponseNorm} on tensors. */
public final class LocalResponseNormPass {
  private final LocalResponseNorm layer;

  LocalResponseNormPass(LocalResponseNorm layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @return a tensor with the input's shape, in the input's arena
   */
  public Tensor forward(Tensor input) {
    Shape in = TensorChecks.images("local_response_norm", "input", input);
    try (Scratch s = new Scratch(input)) {
      FloatPointer dst = s.floats(in.elements());
      kernel(s, in).forward(s.nhwc(input), dst);
      return s.nchw(input.arena(), in, dst);
    }
  }

  /**
   * Returns the gradient with respect to the input.
   *
   * @return a tensor with the input's shape, in the input's arena
   */
  public Tensor backward(Tensor input, Tensor gradOutput) {
    Shape in = TensorChecks.images("local_response_norm", "input", input);
    TensorChecks.shape("local_response_norm", "grad_output", gradOutput, in);
    try (Scratch s = new Scratch(input, gradOutput)) {
      LocalResponseNormKernel kernel = kernel(s, in);
      OffHeap workspace = s.block(kernel.workspaceBytes());
      FloatPointer diff = s.floats(in.elements());
      kernel.backward(
          s.nhwc(input), s.nhwc(gradOutput), diff, workspace.pointer(0), workspace.bytes());
      return s.nchw(input.arena(), in, diff);
    }
  }

  private LocalResponseNormKernel kernel(Scratch s, Shape in) {
    long rows = in.dim(0) * in.dim(2) * in.dim(3);
    return new LocalResponseNormKernel(
        s.descriptor(), rows, in.dim(1), layer.size(), layer.alpha(), layer.beta(), layer.k());
  }
}
