package dev.quern.eager;

import dev.quern.internal.OffHeap;
import dev.quern.kernel.GroupNormKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.GroupNorm;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.function.Consumer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/** Forward and backward pass of {@link GroupNorm} on tensors. */
public final class GroupNormPass {
  private final GroupNorm layer;

  GroupNormPass(GroupNorm layer) {
    this.layer = layer;
  }

  /**
   * Runs the native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]} or {@code [N, C]}
   * @param weightOrNull {@code [C]}; null if and only if {@link GroupNorm#affine()} is false
   * @param biasOrNull {@code [C]}; null if and only if {@link GroupNorm#affine()} is false
   * @return a tensor with the input's shape, in the input's arena
   */
  public Tensor forward(Tensor input, @Nullable Tensor weightOrNull, @Nullable Tensor biasOrNull) {
    check(input, weightOrNull);
    TensorChecks.optional(
        "group_norm", "bias", biasOrNull, layer.affine(), Shape.of(input.shape().dim(1)));
    try (Scratch s = new Scratch(input, weightOrNull, biasOrNull)) {
      Call call = new Call(s, input);
      return call.filled(dst -> call.forward(weightOrNull, biasOrNull, dst));
    }
  }

  /** Returns the gradients with respect to input, weight and bias, in the input's arena. */
  public NormGradients backward(Tensor input, @Nullable Tensor weightOrNull, Tensor gradOutput) {
    check(input, weightOrNull);
    TensorChecks.shape("group_norm", "grad_output", gradOutput, input.shape());
    try (Scratch s = new Scratch(input, weightOrNull, gradOutput)) {
      Call call = new Call(s, input);
      // recomputes the statistics
      call.forward(weightOrNull, null, s.floats(input.shape().elements()));
      Arena arena = input.arena();
      Tensor weight = layer.affine() ? arena.tensor(weightOrNull.shape()) : null;
      Tensor bias = layer.affine() ? arena.tensor(weightOrNull.shape()) : null;
      Tensor diff =
          call.filled(diffSrc -> call.backward(gradOutput, weightOrNull, diffSrc, weight, bias));
      return new NormGradients(diff, weight, bias);
    }
  }

  private void check(Tensor input, Tensor weightOrNull) {
    TensorChecks.batched("group_norm", input);
    Shape in = input.shape();
    layer.outputShape(in.sample());
    TensorChecks.optional(
        "group_norm", "weight", weightOrNull, layer.affine(), Shape.of(in.dim(1)));
  }

  /** The kernel and memory that the passes of one call share. */
  private final class Call {
    private final Scratch scratch;
    private final Tensor input;
    private final Shape in;
    private final GroupNormKernel kernel;
    private final FloatPointer src;
    private final DoublePointer saved;

    Call(Scratch scratch, Tensor input) {
      this.scratch = scratch;
      this.input = input;
      in = input.shape();
      kernel =
          new GroupNormKernel(
              scratch.descriptor(), in.dim(0), in.sample(), layer.numGroups(), layer.eps());
      src = memory(input);
      saved = scratch.block(Math.multiplyExact(in.dim(0), 16L * layer.numGroups())).doubles(0);
    }

    private FloatPointer memory(Tensor t) {
      return in.rank() == 4 ? scratch.nhwc(t) : scratch.raw(t);
    }

    /** Returns a tensor of the input's shape, filled by {@code pass} in channels-last order. */
    Tensor filled(Consumer<FloatPointer> pass) {
      Arena arena = input.arena();
      if (in.rank() == 2) {
        Tensor t = arena.tensor(in);
        pass.accept(scratch.raw(t));
        return t;
      }
      FloatPointer dst = scratch.floats(in.elements());
      pass.accept(dst);
      return scratch.nchw(arena, in, dst);
    }

    void forward(Tensor weight, Tensor bias, FloatPointer dst) {
      kernel.forward(src, scratch.raw(weight), scratch.raw(bias), dst, saved);
    }

    void backward(
        Tensor gradOutput,
        Tensor weight,
        FloatPointer diffSrc,
        Tensor gradWeight,
        Tensor gradBias) {
      OffHeap workspace = scratch.block(kernel.workspaceBytes());
      kernel.backward(
          src,
          memory(gradOutput),
          scratch.raw(weight),
          saved,
          diffSrc,
          scratch.raw(gradWeight),
          scratch.raw(gradBias),
          workspace.pointer(0),
          workspace.bytes());
    }
  }
}
