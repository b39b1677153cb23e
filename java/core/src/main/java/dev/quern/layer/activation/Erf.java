package dev.quern.layer.activation;

/**
 * The error function: {@code 2 / sqrt(pi)} times the integral of {@code exp(-t^2)} from 0 to {@code
 * x}.
 */
public record Erf() implements Activation {
  @Override
  public String type() {
    return "erf";
  }
}
