package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/**
 * SiLU, also called swish: {@code x / (1 + exp(-x))}. Elfwing et al., "Sigmoid-Weighted Linear
 * Units", 2017; Ramachandran et al., "Searching for Activation Functions", 2017.
 */
public record Silu() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Silu> TYPE = LayerType.of("silu", Silu.class, Silu::new);

  @Override
  public String type() {
    return TYPE.name();
  }
}
