package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** {@code x / (1 + |x|)}. */
public record Softsign() implements Activation {
  /** Its name and its options. */
  public static final LayerType<Softsign> TYPE =
      LayerType.of("softsign", Softsign.class, Softsign::new).onnx("Softsign");

  @Override
  public String type() {
    return TYPE.name();
  }
}
