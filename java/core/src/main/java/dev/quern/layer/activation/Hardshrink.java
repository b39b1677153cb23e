package dev.quern.layer.activation;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;

/**
 * Hard shrinkage: 0 from {@code -lambd} to {@code lambd}, and {@code x} elsewhere. The derivative
 * at both bounds is 0.
 *
 * @param lambd the bound, by default 0.5
 */
public record Hardshrink(float lambd) implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Hardshrink> TYPE =
      LayerType.of("hardshrink", Hardshrink.class)
          .number("lambd", 0.5f, Hardshrink::lambd)
          .made(v -> new Hardshrink(v.number("lambd")))
          .onnx("Shrink", "lambd");

  /**
   * Checks the argument.
   *
   * @throws InvalidArgumentException if lambd is NaN or infinite
   */
  public Hardshrink {
    Checks.finite("hardshrink", "lambd", lambd);
  }

  public Hardshrink() {
    this(0.5f);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public float[] coefficients() {
    return new float[] {lambd};
  }
}
