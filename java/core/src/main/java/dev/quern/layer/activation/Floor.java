package dev.quern.layer.activation;

/** The largest whole number that is not above {@code x}; the derivative is 0. */
public record Floor() implements Activation {
  @Override
  public String type() {
    return "floor";
  }
}
