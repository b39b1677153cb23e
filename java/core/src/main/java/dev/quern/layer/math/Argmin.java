package dev.quern.layer.math;

import dev.quern.layer.LayerType;

/**
 * Where the smallest number of an axis is, as PyTorch's {@code argmin}.
 *
 * @param axis without the batch, from 0; negative from the last
 * @param keepDim whether the axis stays, of size 1
 * @param selectLast whether the last of equal ones counts, not the first
 */
public record Argmin(int axis, boolean keepDim, boolean selectLast) implements Extremum {
  /** Its name and its options. */
  public static final LayerType<Argmin> TYPE =
      LayerType.of("argmin", Argmin.class)
          .integer("axis", Argmin::axis)
          .flag("keep_dim", false, Argmin::keepDim)
          .flag("select_last", false, Argmin::selectLast)
          .made(v -> new Argmin(v.integer("axis"), v.flag("keep_dim"), v.flag("select_last")));

  /** The first of equal ones; the dimension is not kept. */
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
