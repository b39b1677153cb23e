package dev.quern.layer.activation;

/** The nearest whole number, and of two the even one; the derivative is 0. */
public record Round() implements Activation {
  @Override
  public String type() {
    return "round";
  }
}
