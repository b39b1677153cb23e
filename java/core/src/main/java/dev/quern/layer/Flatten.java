package dev.quern.layer;

import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;

/**
 * {@code [N, C, H, W]} to {@code [N, C * H * W]}, channels outermost, as in PyTorch and in the
 * files.
 */
public record Flatten() implements Layer {
  /** Its name and its options. */
  public static final LayerType<Flatten> TYPE =
      LayerType.of("flatten", Flatten.class, Flatten::new);

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    if (Checks.any("flatten", input).isFree()) {
      throw new ShapeException(
          "flatten: input "
              + input
              + " has a free height or width (put an adaptive_avg_pool2d before it)");
    }
    return Shape.of(input.elements());
  }

  /**
   * {@code [N, ...]} to {@code [N, features]}: the same values in the same order, in the input's
   * arena.
   */
  public Tensor forward(Tensor input) {
    Checks.batched("flatten", input);
    Shape in = input.shape();
    return input.arena().tensor(outputShape(in.sample()).batch(in.dim(0)), input.toArray());
  }

  /** The gradient with respect to an input of shape {@code input}. */
  public Tensor backward(Tensor gradOutput, Shape input) {
    Require.present("flatten", "input", input);
    Checks.shape(
        "flatten", "grad_output", gradOutput, outputShape(input.sample()).batch(input.dim(0)));
    return gradOutput.arena().tensor(input, gradOutput.toArray());
  }
}
