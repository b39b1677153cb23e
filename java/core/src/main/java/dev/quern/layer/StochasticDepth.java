package dev.quern.layer;

import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * Stochastic depth, also called drop path: in training, each sample becomes 0 with probability
 * {@code p} and is multiplied by {@code 1 / (1 - p)} otherwise; in evaluation, the output is the
 * input. As the last layer of a residual branch, it skips the branch for random samples. Input and
 * output: {@code [N, ...]}. PyTorch: {@code torchvision.ops.StochasticDepth(p, "row")}. Huang et
 * al., "Deep Networks with Stochastic Depth", 2016.
 */
public record StochasticDepth(float p) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<StochasticDepth> TYPE =
      LayerType.of("stochastic_depth", StochasticDepth.class)
          .number("p", StochasticDepth::p)
          .made(v -> new StochasticDepth(v.number("p")));

  public StochasticDepth {
    Checks.probability("stochastic_depth", p);
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
