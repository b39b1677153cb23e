package dev.quern.layer;

import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.LinearKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A fully connected layer over the last axis: {@code y = x W^T + b} with x {@code [N, ..., in]}, W
 * {@code [out, in]}, b {@code [out]}, y {@code [N, ..., out]}. A sample is usually one row {@code
 * [in]}; of {@code [T, in]} or {@code [C, H, in]} each row goes through the same weights.
 */
public record Linear(int outFeatures, boolean bias) implements Layer {
  /** Its name and its options. */
  public static final LayerType<Linear> TYPE =
      LayerType.of("linear", Linear.class)
          .integer("out_features", Linear::outFeatures)
          .flag("bias", true, Linear::bias)
          .made(v -> new Linear(v.integer("out_features"), v.flag("bias")));

  public Linear {
    Checks.atLeast("linear", "out_features", outFeatures, 1);
  }

  public Linear(int outFeatures) {
    this(outFeatures, true);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    long[] dims = Checks.any("linear", input).toArray();
    if (dims.length == 0 || dims[dims.length - 1] == Shape.FREE || dims[dims.length - 1] < 1) {
      throw new ShapeException("linear: input " + input + " has no features in its last axis");
    }
    dims[dims.length - 1] = outFeatures;
    return Shape.of(dims);
  }

  private static long last(Shape shape) {
    return shape.dim(shape.rank() - 1);
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    outputShape(input);
    long in = last(input);
    List<Parameter> all = new ArrayList<>();
    all.add(new Parameter("weight", Shape.of(outFeatures, in), in));
    if (bias) {
      all.add(new Parameter("bias", Shape.of(outFeatures), in));
    }
    return all;
  }

  @Override
  public long multiplyAdds(Shape input) {
    return Checks.product("linear", outputShape(input).elements(), last(input));
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, ..., in]}
   * @param weight {@code [outFeatures, in]}
   * @param biasOrNull {@code [outFeatures]}; null exactly where {@link #bias()} is false
   * @return {@code [N, ..., outFeatures]}, in the input's arena
   */
  public Tensor forward(Tensor input, Tensor weight, @Nullable Tensor biasOrNull) {
    Checks.batched("linear", input);
    Shape in = input.shape();
    Shape out = outputShape(in.sample()).batch(in.dim(0));
    Checks.shape("linear", "weight", weight, Shape.of(outFeatures, last(in)));
    Checks.bias("linear", biasOrNull, bias, outFeatures);
    try (Scratch s = new Scratch(input, weight, biasOrNull)) {
      Tensor output = input.arena().tensor(out);
      kernel(s, in).forward(s.raw(input), s.raw(weight), s.raw(biasOrNull), s.raw(output));
      return output;
    }
  }

  /** The gradient with respect to the input, {@code [N, ..., in]}, in gradOutput's arena. */
  public Tensor backwardData(Tensor gradOutput, Tensor weight) {
    Checks.batched("linear", "grad_output", gradOutput);
    Shape w = Checks.rows("linear", "weight", weight);
    long[] dims = gradOutput.shape().toArray();
    dims[dims.length - 1] = outFeatures;
    Checks.shape("linear", "grad_output", gradOutput, Shape.of(dims));
    Checks.shape("linear", "weight", weight, Shape.of(outFeatures, w.dim(1)));
    dims[dims.length - 1] = w.dim(1);
    Shape in = Shape.of(dims);
    try (Scratch s = new Scratch(gradOutput, weight)) {
      Tensor grad = gradOutput.arena().tensor(in);
      kernel(s, in).backwardData(s.raw(gradOutput), s.raw(weight), s.raw(grad));
      return grad;
    }
  }

  /** The gradients with respect to weight and bias: sums over all rows, in the input's arena. */
  public Gradients backwardWeights(Tensor input, Tensor gradOutput) {
    Checks.batched("linear", input);
    Shape in = input.shape();
    Shape out = outputShape(in.sample()).batch(in.dim(0));
    Checks.shape("linear", "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(input, gradOutput)) {
      LinearKernel kernel = kernel(s, in);
      OffHeap workspace = s.block(kernel.workspaceBytes());
      Tensor weight = input.arena().tensor(Shape.of(outFeatures, last(in)));
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

  /** Rows are the batch. */
  private LinearKernel kernel(Scratch s, Shape in) {
    long rows = in.elements() / Math.max(1, last(in));
    return new LinearKernel(s.descriptor(), rows, last(in), outFeatures, 1, true);
  }
}
