package dev.quern.layer.math;

import dev.quern.layer.LayerType;

/**
 * The index of the largest number along an axis, as PyTorch's {@code argmax}.
 *
 * @param axis the axis, not counting the batch; negative axes count from the last
 * @param keepDim whether the axis remains, with size 1
 * @param selectLast whether the last of several equal maxima is selected rather than the first
 */
public record Argmax(int axis, boolean keepDim, boolean selectLast) implements Extremum {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Argmax> TYPE =
      LayerType.of("argmax", Argmax.class)
          .integer("axis", Argmax::axis)
          .flag("keep_dim", false, Argmax::keepDim)
          .flag("select_last", false, Argmax::selectLast)
          .made(v -> new Argmax(v.integer("axis"), v.flag("keep_dim"), v.flag("select_last")));

  /** Creates the layer without keepDim; it selects the first of several equal maxima. */
  public Argmax(int axis) {
    this(axis, false, false);
  }

  public Argmax keepDim(boolean k) {
    return new Argmax(axis, k, selectLast);
  }

  public Argmax selectLast(boolean s) {
    return new Argmax(axis, keepDim, s);
  }

  @Override
  public String type() {
    return TYPE.name();
  }
}
