package dev.quern.layer;

import dev.quern.error.ShapeException;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Group normalization of {@code [N, C, H, W]} or {@code [N, C]}: each sample's channels are divided
 * into {@code numGroups} groups of adjacent channels, and each group is normalized with its own
 * mean and biased variance: {@code y = (x - mean) / sqrt(var + eps) * weight + bias}, with weight
 * and bias {@code [C]}. The result is identical in training and evaluation and does not depend on
 * the batch. With one group, this is layer normalization with a weight per channel; with one group
 * per channel, it is instance normalization. Wu and He, "Group Normalization", 2018.
 *
 * @param affine whether the layer has a weight and a bias
 */
public record GroupNorm(int numGroups, float eps, boolean affine) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<GroupNorm> TYPE =
      LayerType.of("group_norm", GroupNorm.class)
          .integer("num_groups", GroupNorm::numGroups)
          .number("eps", 1e-5f, GroupNorm::eps)
          .flag("affine", true, GroupNorm::affine)
          .made(v -> new GroupNorm(v.integer("num_groups"), v.number("eps"), v.flag("affine")));

  public GroupNorm {
    Checks.atLeast("group_norm", "num_groups", numGroups, 1);
    Checks.eps("group_norm", eps);
  }

  /** Creates the layer with PyTorch's defaults: eps 1e-5, with weight and bias. */
  public GroupNorm(int numGroups) {
    this(numGroups, 1e-5f, true);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.any("group_norm", input);
    if ((input.rank() != 1 && input.rank() != 3) || !input.isFree() && input.elements() < 1) {
      throw new ShapeException(
          "group_norm: input "
              + input
              + " must have shape [features] or [channels, height, width]");
    }
    if (input.dim(0) % numGroups != 0) {
      throw new ShapeException(
          "group_norm: the "
              + input.dim(0)
              + " channels of input "
              + input
              + " must be a multiple of num_groups "
              + numGroups);
    }
    return input;
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    Shape c = Shape.of(outputShape(input).dim(0));
    return affine
        ? List.of(new Parameter("weight", c, 0, 1), new Parameter("bias", c, 0, 0))
        : List.of();
  }
}
