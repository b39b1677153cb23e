package dev.quern.layer.activation;

/** The square root: NaN below 0; the derivative at 0 is infinite. */
public record Sqrt() implements Activation {
  @Override
  public String type() {
    return "sqrt";
  }
}
