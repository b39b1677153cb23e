package dev.quern.optim;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;

/**
 * The learning-rate factor and weight decay of a group of parameters.
 *
 * @param pattern a pattern of dotted parameter names, where {@code *} matches any characters:
 *     {@code conv1.*}, {@code *.bias}
 * @param lrFactor the factor of the learning rate, at least 0
 * @param weightDecay the group's weight decay, at least 0; NaN to use the optimizer's
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

  /** Creates a group with the optimizer's weight decay. */
  public ParameterGroup(String pattern, float lrFactor) {
    this(pattern, lrFactor, Float.NaN);
  }
}
