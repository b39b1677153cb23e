package dev.quern.layer;

import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * {@link Dropout} of whole channels: in training, each channel of each sample of {@code [N, C, H,
 * W]} becomes 0 with probability {@code p} and is multiplied by {@code 1 / (1 - p)} otherwise; in
 * evaluation, the output is the input. Neighboring pixels of a feature map are strongly correlated,
 * so dropping single elements would regularize little. Tompson et al., "Efficient object
 * localization using convolutional networks", 2015.
 */
public record Dropout2d(float p) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Dropout2d> TYPE =
      LayerType.of("dropout2d", Dropout2d.class)
          .number("p", 0.5f, Dropout2d::p)
          .made(v -> new Dropout2d(v.number("p")));

  public Dropout2d {
    Checks.probability("dropout2d", p);
  }

  /** Creates the layer with PyTorch's default, p = 0.5. */
  public Dropout2d() {
    this(0.5f);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("dropout2d", input);
    return input;
  }
}
