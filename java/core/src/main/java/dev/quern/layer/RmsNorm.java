package dev.quern.layer;

import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Root mean square layer normalization over a sample's last axes: {@code y = x / sqrt(mean(x^2) +
 * eps) * weight}. Each block of shape {@code normalizedShape} has its own root mean square; the
 * weight has that shape, too. Unlike {@link LayerNorm}, the layer subtracts no mean and has no
 * bias. The result is identical in training and evaluation and does not depend on the batch. Zhang
 * and Sennrich, "Root Mean Square Layer Normalization", 2019.
 *
 * @param normalizedShape the sizes of the normalized axes, which are the last or all axes of a
 *     sample, for example {@code [C, H, W]} or {@code [F]}; each at least 1
 * @param elementwiseAffine whether the layer has a weight
 */
public record RmsNorm(Shape normalizedShape, float eps, boolean elementwiseAffine)
    implements Layer {
  /** The default eps, as in PyTorch: the distance from 1 to the next larger float. */
  private static final float EPS = Math.ulp(1f);

  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<RmsNorm> TYPE =
      LayerType.of("rms_norm", RmsNorm.class)
          .shape("normalized_shape", RmsNorm::normalizedShape)
          .number("eps", EPS, RmsNorm::eps)
          .flag("elementwise_affine", true, RmsNorm::elementwiseAffine)
          .made(
              v ->
                  new RmsNorm(
                      v.shape("normalized_shape"), v.number("eps"), v.flag("elementwise_affine")));

  public RmsNorm {
    Checks.normalizedShape("rms_norm", normalizedShape);
    Checks.eps("rms_norm", eps);
  }

  /** Creates the layer with PyTorch's defaults: eps 1.1920929e-7, with a weight. */
  public RmsNorm(Shape normalizedShape) {
    this(normalizedShape, EPS, true);
  }

  /** Creates the layer with PyTorch's defaults for axes of the given sizes. */
  public RmsNorm(long... normalizedShape) {
    this(Shape.of(normalizedShape));
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.endsIn("rms_norm", input, normalizedShape);
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    outputShape(input);
    return elementwiseAffine ? List.of(new Parameter("weight", normalizedShape, 0, 1)) : List.of();
  }
}
