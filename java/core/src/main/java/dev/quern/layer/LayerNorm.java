package dev.quern.layer;

import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Layer normalization over a sample's last axes: {@code y = (x - mean) / sqrt(var + eps) * weight +
 * bias}. Each block of shape {@code normalizedShape} has its own mean and biased variance; weight
 * and bias have that shape, too. The result is identical in training and evaluation and does not
 * depend on the batch. Ba, Kiros and Hinton, "Layer Normalization", 2016.
 *
 * @param normalizedShape the sizes of the normalized axes, which are the last or all axes of a
 *     sample, for example {@code [C, H, W]} or {@code [F]}; each at least 1
 * @param elementwiseAffine whether the layer has a weight
 * @param bias whether the layer also has a bias; ignored if it has no weight
 */
public record LayerNorm(Shape normalizedShape, float eps, boolean elementwiseAffine, boolean bias)
    implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<LayerNorm> TYPE =
      LayerType.of("layer_norm", LayerNorm.class)
          .shape("normalized_shape", LayerNorm::normalizedShape)
          .number("eps", 1e-5f, LayerNorm::eps)
          .flag("elementwise_affine", true, LayerNorm::elementwiseAffine)
          .flagAs("bias", "elementwise_affine", LayerNorm::bias)
          .made(
              v ->
                  new LayerNorm(
                      v.shape("normalized_shape"),
                      v.number("eps"),
                      v.flag("elementwise_affine"),
                      v.flag("bias")));

  public LayerNorm {
    Checks.normalizedShape("layer_norm", normalizedShape);
    Checks.eps("layer_norm", eps);
    bias = elementwiseAffine && bias;
  }

  /** Creates the layer with PyTorch's defaults: eps 1e-5, weight and bias. */
  public LayerNorm(Shape normalizedShape) {
    this(normalizedShape, 1e-5f, true, true);
  }

  /** Creates the layer with PyTorch's defaults for axes of the given sizes. */
  public LayerNorm(long... normalizedShape) {
    this(Shape.of(normalizedShape));
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.endsIn("layer_norm", input, normalizedShape);
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    outputShape(input);
    List<Parameter> all = new ArrayList<>();
    if (elementwiseAffine) {
      all.add(new Parameter("weight", normalizedShape, 0, 1));
    }
    if (bias) {
      all.add(new Parameter("bias", normalizedShape, 0, 0));
    }
    return all;
  }
}
