package dev.quern.layer;

import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Size;

/**
 * Adaptive average pooling of signals to a fixed output length: input {@code [N, C, L]}, output
 * {@code [N, C, outputSize]}. The windows are computed as in {@link AdaptiveAvgPool2d}. With an
 * output length of 1, the output is the mean of each channel.
 */
public record AdaptiveAvgPool1d(int outputSize) implements Layer1d {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<AdaptiveAvgPool1d> TYPE =
      LayerType.of("adaptive_avg_pool1d", AdaptiveAvgPool1d.class)
          .integer("output_size", AdaptiveAvgPool1d::outputSize)
          .made(v -> new AdaptiveAvgPool1d(v.integer("output_size")));

  public AdaptiveAvgPool1d {
    Checks.atLeast("adaptive_avg_pool1d", "output_size", outputSize, 1);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public AdaptiveAvgPool2d as2d() {
    return new AdaptiveAvgPool2d(new Size(1, outputSize));
  }
}
