package dev.quern.layer.shape;

import dev.quern.kernel.Resize2dKernel.Operator;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.layer.internal.Resize2dPasses;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Size;
import dev.quern.tensor.Tensor;

/**
 * Each pixel repeated {@code scaleFactor} times down and across: input {@code [N, C, H, W]}, output
 * {@code [N, C, H scaleFactor.height, W scaleFactor.width]}. Factors are whole numbers.
 */
public record UpsampleNearest2d(Size scaleFactor) implements Layer {
  /** Its name and its options. */
  public static final LayerType<UpsampleNearest2d> TYPE =
      LayerType.of("upsample_nearest2d", UpsampleNearest2d.class)
          .size("scale_factor", UpsampleNearest2d::scaleFactor)
          .made(v -> new UpsampleNearest2d(v.size("scale_factor")));

  public UpsampleNearest2d {
    Checks.atLeast("upsample_nearest2d", "scale_factor", scaleFactor, 1);
  }

  public UpsampleNearest2d(int scaleFactor) {
    this(Size.of(scaleFactor));
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("upsample_nearest2d", input);
    Checks.countable("upsample_nearest2d", "input", input);
    return Checks.output(
        "upsample_nearest2d",
        input.dim(0),
        Checks.side(input, 1, h -> h * scaleFactor.height()),
        Checks.side(input, 2, w -> w * scaleFactor.width()));
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, C, H, W]}
   * @return {@code [N, C, H scaleFactor.height, W scaleFactor.width]}, in the input's arena
   */
  public Tensor forward(Tensor input) {
    Shape out = Checks.batchOutput(this::outputShape, Checks.images(type(), "input", input));
    return Resize2dPasses.forward(Operator.UPSAMPLE_NEAREST2D, input, out, 0, 0);
  }

  /**
   * The gradient with respect to an input of shape {@code input}, {@code [N, C, H, W]}: sums over
   * each pixel's copies.
   *
   * @return of the input's shape, in gradOutput's arena
   */
  public Tensor backward(Tensor gradOutput, Shape input) {
    Checks.gradOutput(type(), this::outputShape, gradOutput, input);
    return Resize2dPasses.backward(Operator.UPSAMPLE_NEAREST2D, gradOutput, input, 0, 0);
  }
}
