package dev.quern.layer.activation;

import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.PReluKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.Parameter;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Arena;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * {@code y = x} where x is above 0, else {@code weight * x}. The weight is trainable: one for all
 * values, or one for each channel of {@code [N, C, H, W]} or {@code [N, C]}. It starts as {@code
 * init}, and weight decay that takes weights only leaves it alone. He, Zhang, Ren and Sun, "Delving
 * Deep into Rectifiers", 2015.
 *
 * @param numParameters 1, or the number of channels
 * @param init finite; PyTorch's default is 0.25
 */
public record PRelu(int numParameters, float init) implements Layer {
  /** Its name and its options. */
  public static final LayerType<PRelu> TYPE =
      LayerType.of("prelu", PRelu.class)
          .integer("num_parameters", 1, PRelu::numParameters)
          .number("init", 0.25f, PRelu::init)
          .made(v -> new PRelu(v.integer("num_parameters"), v.number("init")));

  public PRelu {
    Checks.atLeast("prelu", "num_parameters", numParameters, 1);
    Checks.finite("prelu", "init", init);
  }

  /** With PyTorch's default of 0.25. */
  public PRelu(int numParameters) {
    this(numParameters, 0.25f);
  }

  /** One weight for all values, 0.25. */
  public PRelu() {
    this(1);
  }

  /**
   * @param weight of the weight's shape, in the input's arena
   */
  public record Backward(Tensor input, Tensor weight) {}

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.any("prelu", input);
    if (numParameters == 1) {
      return input;
    }
    if (input.rank() != 1 && input.rank() != 3) {
      throw new ShapeException("prelu: input " + input + " is neither features nor an image");
    }
    if (input.isFree(0) || input.dim(0) != numParameters) {
      throw new ShapeException(
          "prelu: num_parameters "
              + numParameters
              + " is neither 1 nor the number of channels of input "
              + input);
    }
    return input;
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    outputShape(input);
    return List.of(new Parameter("weight", Shape.of(numParameters), 0, init));
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]} or {@code [N, C]}; with one weight of any shape
   * @param weight {@code [numParameters]}
   * @return of the input's shape, in its arena
   */
  public Tensor forward(Tensor input, Tensor weight) {
    check(input, weight);
    try (Scratch s = new Scratch(input, weight)) {
      PReluKernel kernel = kernel(input.shape());
      FloatPointer src = memory(s, input);
      return filled(s, input, dst -> kernel.forward(src, s.raw(weight), dst));
    }
  }

  /** The gradients; in the input's arena. */
  public Backward backward(Tensor input, Tensor weight, Tensor gradOutput) {
    check(input, weight);
    Checks.shape("prelu", "grad_output", gradOutput, input.shape());
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
    Checks.batched("prelu", input);
    outputShape(input.shape().sample());
    Checks.shape("prelu", "weight", weight, Shape.of(numParameters));
  }

  private PReluKernel kernel(Shape in) {
    return new PReluKernel(in.elements() / numParameters, numParameters);
  }

  /** Whether a channel's values are no neighbours for the callers, so that they are reordered. */
  private boolean isReordered(Shape in) {
    return numParameters > 1 && in.rank() == 4;
  }

  private FloatPointer memory(Scratch s, Tensor t) {
    return isReordered(t.shape()) ? s.nhwc(t) : s.raw(t);
  }

  /** A tensor of the input's shape that {@code pass} fills, in the kernel's order. */
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
