package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** ReLU6: {@code min(max(x, 0), 6)}; the derivative at 0 and at 6 is 0. */
public record Relu6() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Relu6> TYPE = LayerType.of("relu6", Relu6.class, Relu6::new);

  @Override
  public String type() {
    return TYPE.name();
  }
}
