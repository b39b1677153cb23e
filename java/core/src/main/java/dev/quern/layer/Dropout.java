package dev.quern.layer;

import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * In training, each element becomes 0 with probability {@code p} and is multiplied by {@code 1 / (1
 * - p)} otherwise, so that its mean stays; in evaluation nothing happens. What becomes 0 is a
 * function of the run's seed, the step, the layer's place in the network, the sample's in the batch
 * and the element's in C, H, W order: the same for any number of threads and instruction set, and
 * in a run that was interrupted. Srivastava et al., "Dropout: a simple way to prevent neural
 * networks from overfitting", 2014.
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

  /** PyTorch's default: p 0.5. */
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
