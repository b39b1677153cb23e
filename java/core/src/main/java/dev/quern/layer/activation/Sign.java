package dev.quern.layer.activation;

/** 1 above 0, -1 below, else {@code x} itself: 0 or NaN. The derivative is 0. */
public record Sign() implements Activation {
  @Override
  public String type() {
    return "sign";
  }
}
