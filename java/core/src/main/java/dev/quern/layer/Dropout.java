package dev.quern.layer;

import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * Dropout: in training, each element becomes 0 with probability {@code p} and is otherwise
 * multiplied by {@code 1 / (1 - p)}, which preserves the mean; in evaluation, the output is the
 * input. The mask depends only on the run's seed, the step, the layer's position in the network,
 * the sample's position in the batch and the element's position in C, H, W order. It is therefore
 * identical for any number of threads and any instruction set, and in a resumed run. Srivastava et
 * al., "Dropout: a simple way to prevent neural networks from overfitting", 2014.
 */
public record Dropout(float p) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Dropout> TYPE =
      LayerType.of("dropout", Dropout.class)
          .number("p", 0.5f, Dropout::p)
          .made(v -> new Dropout(v.number("p")));

  public Dropout {
    Checks.probability("dropout", p);
  }

  /** Creates the layer with PyTorch's default, p = 0.5. */
  public Dropout() {
    this(0.5f);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.any(type(), input);
  }
}
