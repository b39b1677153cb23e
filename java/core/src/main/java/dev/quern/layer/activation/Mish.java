package dev.quern.layer.activation;

/**
 * {@code x * tanh(log(1 + exp(x)))}. Misra, "Mish: A Self Regularized Non-Monotonic Activation
 * Function", 2019.
 */
public record Mish() implements Activation {
  @Override
  public String type() {
    return "mish";
  }
}
