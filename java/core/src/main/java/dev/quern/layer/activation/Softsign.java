package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** Softsign: {@code x / (1 + |x|)}. */
public record Softsign() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Softsign> TYPE =
      LayerType.of("softsign", Softsign.class, Softsign::new).onnx("Softsign");

  @Override
  public String type() {
    return TYPE.name();
  }
}
