package dev.quern.layer.activation;

/**
 * {@code x / (1 + exp(-x))}, also called swish. Elfwing et al., "Sigmoid-Weighted Linear Units",
 * 2017; Ramachandran et al., "Searching for Activation Functions", 2017.
 */
public record Silu() implements Activation {
  @Override
  public String type() {
    return "silu";
  }
}
