package dev.quern.layer.math;

import dev.quern.layer.LayerType;

/**
 * The index of the smallest number along an axis, as PyTorch's {@code argmin}.
 *
 * @param axis the axis, not counting the batch; negative axes count from the last
 * @param keepDim whether the axis remains, with size 1
 * @param selectLast whether the last of several equal minima is selected rather than the first
 */
public record Argmin(int axis, boolean keepDim, boolean selectLast) implements Extremum {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Argmin> TYPE =
      LayerType.of("argmin", Argmin.class)
          .integer("axis", Argmin::axis)
          .flag("keep_dim", false, Argmin::keepDim)
          .flag("select_last", false, Argmin::selectLast)
          .made(v -> new Argmin(v.integer("axis"), v.flag("keep_dim"), v.flag("select_last")));

  /** Creates the layer without keepDim; it selects the first of several equal minima. */
  public Argmin(int axis) {
    this(axis, false, false);
  }

  public Argmin keepDim(boolean k) {
    return new Argmin(axis, k, selectLast);
  }

  public Argmin selectLast(boolean s) {
    return new Argmin(axis, keepDim, s);
  }

  @Override
  public String type() {
    return TYPE.name();
  }
}
