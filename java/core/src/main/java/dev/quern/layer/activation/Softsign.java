package dev.quern.layer.activation;

/** {@code x / (1 + |x|)}. */
public record Softsign() implements Activation {
  @Override
  public String type() {
    return "softsign";
  }
}
