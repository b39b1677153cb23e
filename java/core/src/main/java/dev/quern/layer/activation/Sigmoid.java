package dev.quern.layer.activation;

/** {@code 1 / (1 + exp(-x))}. */
public record Sigmoid() implements Activation {
  @Override
  public String type() {
    return "sigmoid";
  }
}
