package dev.quern.layer.activation;

/**
 * {@code x * min(max(x + 3, 0), 6) / 6}; the derivative at -3 is -1/2 and at 3 it is 3/2. Howard et
 * al., "Searching for MobileNetV3", 2019.
 */
public record Hardswish() implements Activation {
  @Override
  public String type() {
    return "hardswish";
  }
}
