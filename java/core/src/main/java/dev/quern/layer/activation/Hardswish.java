package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/**
 * Hard swish: {@code x * min(max(x + 3, 0), 6) / 6}; the derivative is -1/2 at -3 and 3/2 at 3.
 * Howard et al., "Searching for MobileNetV3", 2019.
 */
public record Hardswish() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Hardswish> TYPE =
      LayerType.of("hardswish", Hardswish.class, Hardswish::new);

  @Override
  public String type() {
    return TYPE.name();
  }
}
