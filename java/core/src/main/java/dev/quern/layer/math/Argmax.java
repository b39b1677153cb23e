package dev.quern.layer.math;

import dev.quern.layer.LayerType;

/**
 * Where the largest number of an axis is, as PyTorch's {@code argmax}.
 *
 * @param axis without the batch, from 0; negative from the last
 * @param keepDim whether the axis stays, of size 1
 * @param selectLast whether the last of equal ones counts, not the first
 */
public record Argmax(int axis, boolean keepDim, boolean selectLast) implements Extremum {
  /** Its name and its options. */
  public static final LayerType<Argmax> TYPE =
      LayerType.of("argmax", Argmax.class)
          .integer("axis", Argmax::axis)
          .flag("keep_dim", false, Argmax::keepDim)
          .flag("select_last", false, Argmax::selectLast)
          .made(v -> new Argmax(v.integer("axis"), v.flag("keep_dim"), v.flag("select_last")));

  /** The first of equal ones; the dimension is not kept. */
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
