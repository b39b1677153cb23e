package dev.quern.layer.shape;

import dev.quern.kernel.Rearrangement;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * Channel shuffle: channel {@code g * (C / groups) + k} becomes channel {@code k * groups + g}, so
 * that each group of the next convolution reads channels of all groups. Accepts images {@code [C,
 * H, W]}, signals {@code [C, L]} and features {@code [C]}. Zhang et al., "ShuffleNet", 2018.
 */
public record ChannelShuffle(int groups) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<ChannelShuffle> TYPE =
      LayerType.of("channel_shuffle", ChannelShuffle.class)
          .integer("groups", ChannelShuffle::groups)
          .made(v -> new ChannelShuffle(v.integer("groups")));

  public ChannelShuffle {
    Checks.atLeast("channel_shuffle", "groups", groups, 1);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return rearrangement(Checks.any("channel_shuffle", input)).out();
  }

  private Rearrangement rearrangement(Shape input) {
    return Rearrangement.channelShuffle(input, groups);
  }
}
