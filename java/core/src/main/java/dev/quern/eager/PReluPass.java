package dev.quern.eager;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.PReluKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.activation.PRelu;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.function.Consumer;
import org.bytedeco.javacpp.FloatPointer;

/** Forward and backward pass of {@link PRelu} on tensors. */
public final class PReluPass {
  private final PRelu layer;

  PReluPass(PRelu layer) {
    this.layer = layer;
  }

  /**
   * Gradients with respect to input and weight, in the input's arena.
   *
   * @param input gradient of the input, with the input's shape
   * @param weight gradient of the weight, with the weight's shape
   */
  public record Backward(Tensor input, Tensor weight) {}

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]} or {@code [N, C]}; any shape if there is only one weight
   * @param weight {@code [numParameters]}
   * @return a tensor with the input's shape, in the input's arena
   */
  public Tensor forward(Tensor input, Tensor weight) {
    check(input, weight);
    try (Scratch s = new Scratch(input, weight)) {
      PReluKernel kernel = kernel(input.shape());
      FloatPointer src = memory(s, input);
      return filled(s, input, dst -> kernel.forward(src, s.raw(weight), dst));
    }
  }

  /** Returns the gradients with respect to input and weight, in the input's arena. */
  public Backward backward(Tensor input, Tensor weight, Tensor gradOutput) {
    check(input, weight);
    TensorChecks.shape("prelu", "grad_output", gradOutput, input.shape());
    try (Scratch s = new Scratch(input, weight, gradOutput)) {
      PReluKernel kernel = kernel(input.shape());
      OffHeap workspace = s.block(kernel.workspaceBytes());
      FloatPointer src = memory(s, input);
      FloatPointer diffDst = memory(s, gradOutput);
      Tensor diffWeight = input.arena().tensor(weight.shape());
      Tensor diff =
          filled(
              s,
              input,
              diffSrc ->
                  kernel.backward(
                      src,
                      diffDst,
                      s.raw(weight),
                      diffSrc,
                      s.raw(diffWeight),
                      workspace.pointer(0),
                      workspace.bytes()));
      return new Backward(diff, diffWeight);
    }
  }

  private void check(Tensor input, Tensor weight) {
    TensorChecks.batched("prelu", input);
    layer.outputShape(input.shape().sample());
    TensorChecks.shape("prelu", "weight", weight, Shape.of(layer.numParameters()));
  }

  private PReluKernel kernel(Shape in) {
    return new PReluKernel(in.elements() / layer.numParameters(), layer.numParameters());
  }

  /**
   * Returns whether tensors must be converted to channels last, because the weight is per channel.
   */
  private boolean isReordered(Shape in) {
    return layer.numParameters() > 1 && in.rank() == 4;
  }

  private FloatPointer memory(Scratch s, Tensor t) {
    return isReordered(t.shape()) ? s.nhwc(t) : s.raw(t);
  }

  /** Returns a tensor of the input's shape, filled by {@code pass} in the kernel's order. */
  private Tensor filled(Scratch s, Tensor input, Consumer<FloatPointer> pass) {
    Arena arena = input.arena();
    Shape in = input.shape();
    if (!isReordered(in)) {
      Tensor t = arena.tensor(in);
      pass.accept(s.raw(t));
      return t;
    }
    FloatPointer dst = s.floats(in.elements());
    pass.accept(dst);
    return s.nchw(arena, in, dst);
  }
}
