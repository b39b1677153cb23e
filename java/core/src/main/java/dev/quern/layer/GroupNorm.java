package dev.quern.layer;

import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.GroupNormKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.jspecify.annotations.Nullable;

/**
 * Group normalisation of {@code [N, C, H, W]} or {@code [N, C]}: each sample's channels in {@code
 * numGroups} groups of neighbours, each group {@code y = (x - mean) / sqrt(var + eps) * weight +
 * bias} with its own mean and biased variance, weight and bias being {@code [C]}. The same in
 * training and evaluation, and for any batch. One group is layer normalisation with weights by
 * channel; a group a channel is instance normalisation. Wu and He, "Group Normalization", 2018.
 *
 * @param affine whether there are weight and bias
 */
public record GroupNorm(int numGroups, float eps, boolean affine) implements Layer {
  /** Its name and its options. */
  public static final LayerType<GroupNorm> TYPE =
      LayerType.of("group_norm", GroupNorm.class)
          .integer("num_groups", GroupNorm::numGroups)
          .number("eps", 1e-5f, GroupNorm::eps)
          .flag("affine", true, GroupNorm::affine)
          .made(v -> new GroupNorm(v.integer("num_groups"), v.number("eps"), v.flag("affine")));

  public GroupNorm {
    Checks.atLeast("group_norm", "num_groups", numGroups, 1);
    Checks.eps("group_norm", eps);
  }

  /** With PyTorch's defaults: eps 1e-5, affine. */
  public GroupNorm(int numGroups) {
    this(numGroups, 1e-5f, true);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.any("group_norm", input);
    if ((input.rank() != 1 && input.rank() != 3) || !input.isFree() && input.elements() < 1) {
      throw new ShapeException("group_norm: input " + input + " is neither features nor an image");
    }
    if (input.dim(0) % numGroups != 0) {
      throw new ShapeException(
          "group_norm: "
              + input.dim(0)
              + " channels of input "
              + input
              + " are not a multiple of num_groups "
              + numGroups);
    }
    return input;
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    Shape c = Shape.of(outputShape(input).dim(0));
    return affine
        ? List.of(new Parameter("weight", c, 0, 1), new Parameter("bias", c, 0, 0))
        : List.of();
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]} or {@code [N, C]}
   * @param weightOrNull {@code [C]}; null exactly where the layer is not {@link #affine()}
   * @param biasOrNull likewise
   * @return of the input's shape, in its arena
   */
  public Tensor forward(Tensor input, @Nullable Tensor weightOrNull, @Nullable Tensor biasOrNull) {
    check(input, weightOrNull);
    Checks.optional("group_norm", "bias", biasOrNull, affine, Shape.of(input.shape().dim(1)));
    try (Scratch s = new Scratch(input, weightOrNull, biasOrNull)) {
      Call call = new Call(s, input);
      return call.filled(dst -> call.forward(weightOrNull, biasOrNull, dst));
    }
  }

  /** The gradients; in the input's arena. */
  public NormGradients backward(Tensor input, @Nullable Tensor weightOrNull, Tensor gradOutput) {
    check(input, weightOrNull);
    Checks.shape("group_norm", "grad_output", gradOutput, input.shape());
    try (Scratch s = new Scratch(input, weightOrNull, gradOutput)) {
      Call call = new Call(s, input);
      // takes the statistics again
      call.forward(weightOrNull, null, s.floats(input.shape().elements()));
      Arena arena = input.arena();
      Tensor weight = affine ? arena.tensor(weightOrNull.shape()) : null;
      Tensor bias = affine ? arena.tensor(weightOrNull.shape()) : null;
      Tensor diff =
          call.filled(diffSrc -> call.backward(gradOutput, weightOrNull, diffSrc, weight, bias));
      return new NormGradients(diff, weight, bias);
    }
  }

  private void check(Tensor input, Tensor weightOrNull) {
    Checks.batched("group_norm", input);
    Shape in = input.shape();
    outputShape(in.sample());
    Checks.optional("group_norm", "weight", weightOrNull, affine, Shape.of(in.dim(1)));
  }

  /** What the passes of one call share. */
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
      kernel = new GroupNormKernel(scratch.descriptor(), in.dim(0), in.sample(), numGroups, eps);
      src = memory(input);
      saved = scratch.block(Math.multiplyExact(in.dim(0), 16L * numGroups)).doubles(0);
    }

    private FloatPointer memory(Tensor t) {
      return in.rank() == 4 ? scratch.nhwc(t) : scratch.raw(t);
    }

    /** A tensor of the input's shape that {@code pass} fills, in the kernels' order. */
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
