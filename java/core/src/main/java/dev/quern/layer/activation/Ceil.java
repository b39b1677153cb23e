package dev.quern.layer.activation;

/** The least whole number that is not below {@code x}; the derivative is 0. */
public record Ceil() implements Activation {
  @Override
  public String type() {
    return "ceil";
  }
}
