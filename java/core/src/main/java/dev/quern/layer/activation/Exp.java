package dev.quern.layer.activation;

/** {@code e} to the power of {@code x}; infinite beyond 88.7. */
public record Exp() implements Activation {
  @Override
  public String type() {
    return "exp";
  }
}
