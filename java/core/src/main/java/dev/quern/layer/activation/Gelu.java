package dev.quern.layer.activation;

import dev.quern.internal.arguments.Require;
import dev.quern.layer.LayerType;

/**
 * GELU: {@code x} times the standard normal distribution function at {@code x}. Hendrycks and
 * Gimpel, "Gaussian Error Linear Units", 2016.
 *
 * @param approximate the formula of the distribution function; default {@link Approximate#NONE}
 */
public record Gelu(Approximate approximate) implements Activation {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Gelu> TYPE =
      LayerType.of("gelu", Gelu.class)
          .choice("approximate", Approximate.class, Approximate.NONE, Gelu::approximate)
          .made(v -> new Gelu(v.choice("approximate", Approximate.class)));

  /** The formula of the standard normal distribution function. */
  public enum Approximate {
    /** {@code (1 + erf(x / sqrt(2))) / 2}, accurate to float precision. */
    NONE,
    /** {@code (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2}, with an error of up to 5e-4. */
    TANH
  }

  public Gelu {
    Require.present("gelu", "approximate", approximate);
  }

  public Gelu() {
    this(Approximate.NONE);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public String function() {
    return approximate == Approximate.TANH ? "gelu_tanh" : type();
  }
}
