package dev.quern.layer.activation;

import dev.quern.layer.LayerType;

/** Sign: 1 above 0, -1 below 0; 0 and NaN are unchanged. The derivative is 0. */
public record Sign() implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Sign> TYPE =
      LayerType.of("sign", Sign.class, Sign::new).onnx("Sign");

  @Override
  public String type() {
    return TYPE.name();
  }
}
