package dev.quern.layer.activation;

/** The natural logarithm: NaN below 0, and {@code -Infinity} at 0. */
public record Log() implements Activation {
  @Override
  public String type() {
    return "log";
  }
}
