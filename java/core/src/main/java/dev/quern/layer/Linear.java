package dev.quern.layer;

import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.LinearKernel;
import dev.quern.kernel.Scratch;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fully connected layer: {@code y = x W^T + b} with x {@code [N, in]}, W {@code [out, in]}, b
 * {@code [out]}.
 */
public record Linear(int outFeatures, boolean bias) implements Layer {
  public Linear {
    Checks.atLeast("linear", "out_features", outFeatures, 1);
  }

  public Linear(int outFeatures) {
    this(outFeatures, true);
  }

  @Override
  public String type() {
    return "linear";
  }

  @Override
  public Shape outputShape(Shape input) {
    if (Checks.any("linear", input).rank() != 1 || input.dim(0) < 1) {
      throw new ShapeException(
          "linear: input " + input + " is not one row of features (put a flatten before it)");
    }
    return Shape.of(outFeatures);
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    outputShape(input);
    long in = input.dim(0);
    List<Parameter> all = new ArrayList<>();
    all.add(new Parameter("weight", Shape.of(outFeatures, in), in));
    if (bias) {
      all.add(new Parameter("bias", Shape.of(outFeatures), in));
    }
    return all;
  }

  @Override
  public long multiplyAdds(Shape input) {
    outputShape(input);
    return Checks.product("linear", outFeatures, input.dim(0));
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, in]}
   * @param weight {@code [outFeatures, in]}
   * @param biasOrNull {@code [outFeatures]}; null exactly where {@link #bias()} is false
   * @return {@code [N, outFeatures]}, in the input's arena
   */
  public Tensor forward(Tensor input, Tensor weight, @Nullable Tensor biasOrNull) {
    Shape in = Checks.rows("linear", "input", input);
    Checks.shape("linear", "weight", weight, Shape.of(outFeatures, in.dim(1)));
    Checks.bias("linear", biasOrNull, bias, outFeatures);
    try (Scratch s = new Scratch(input, weight, biasOrNull)) {
      Tensor output = input.arena().tensor(Shape.of(in.dim(0), outFeatures));
      kernel(s, in).forward(s.raw(input), s.raw(weight), s.raw(biasOrNull), s.raw(output));
      return output;
    }
  }

  /** The gradient with respect to the input, {@code [N, in]}, in gradOutput's arena. */
  public Tensor backwardData(Tensor gradOutput, Tensor weight) {
    Shape out = Checks.rows("linear", "grad_output", gradOutput);
    Shape w = Checks.rows("linear", "weight", weight);
    Checks.shape("linear", "grad_output", gradOutput, Shape.of(out.dim(0), outFeatures));
    Checks.shape("linear", "weight", weight, Shape.of(outFeatures, w.dim(1)));
    Shape in = Shape.of(out.dim(0), w.dim(1));
    try (Scratch s = new Scratch(gradOutput, weight)) {
      Tensor grad = gradOutput.arena().tensor(in);
      kernel(s, in).backwardData(s.raw(gradOutput), s.raw(weight), s.raw(grad));
      return grad;
    }
  }

  /** The gradients with respect to weight and bias: sums over the batch, in the input's arena. */
  public Gradients backwardWeights(Tensor input, Tensor gradOutput) {
    Shape in = Checks.rows("linear", "input", input);
    Checks.shape("linear", "grad_output", gradOutput, Shape.of(in.dim(0), outFeatures));
    try (Scratch s = new Scratch(input, gradOutput)) {
      LinearKernel kernel = kernel(s, in);
      OffHeap workspace = s.block(kernel.workspaceBytes());
      Tensor weight = input.arena().tensor(Shape.of(outFeatures, in.dim(1)));
      Tensor biasOrNull = bias ? input.arena().tensor(Shape.of(outFeatures)) : null;
      kernel.backwardWeights(
          s.raw(input),
          s.raw(gradOutput),
          s.raw(weight),
          s.raw(biasOrNull),
          workspace.pointer(0),
          workspace.bytes());
      return new Gradients(weight, biasOrNull);
    }
  }

  private LinearKernel kernel(Scratch s, Shape in) {
    return new LinearKernel(s.descriptor(), in.dim(0), in.dim(1), outFeatures, 1, true);
  }
}
