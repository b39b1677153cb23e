package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;

/**
 * Settings for some of a network's parameters.
 *
 * @param pattern dotted parameter names, in which {@code *} stands for any run of characters:
 *     {@code conv1.*}, {@code *.bias}
 * @param lrFactor factor of the learning rate, at least 0
 * @param weightDecay instead of the optimizer's, at least 0; NaN for the optimizer's own
 */
public record ParameterGroup(String pattern, float lrFactor, float weightDecay) {
  public ParameterGroup {
    Require.present("parameter group", "pattern", pattern);
    if (!(lrFactor >= 0) || Float.isInfinite(lrFactor)) {
      throw new InvalidArgumentException(
          "parameter group: lr factor " + lrFactor + " must be finite and at least 0");
    }
    if (weightDecay < 0 || Float.isInfinite(weightDecay)) {
      throw new InvalidArgumentException(
          "parameter group: weight decay " + weightDecay + " must be finite and at least 0");
    }
  }

  /** A group with the optimizer's weight decay. */
  public ParameterGroup(String pattern, float lrFactor) {
    this(pattern, lrFactor, Float.NaN);
  }
}
