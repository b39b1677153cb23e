package dev.quern.layer.shape;

import dev.quern.kernel.Rearrangement;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * A slice of a sample along one axis: every {@code step}-th position from {@code start} (inclusive)
 * to {@code end} (exclusive). As in NumPy and ONNX, negative bounds count from the end of the axis,
 * and bounds beyond the axis are clamped to it. The slice must not be empty. A dynamic axis remains
 * dynamic.
 *
 * @param axis the axis, not counting the batch; negative axes count from the last
 * @param step the distance between two selected positions, at least 1
 */
public record Slice(int axis, int start, int end, int step) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Slice> TYPE =
      LayerType.of("slice", Slice.class)
          .integer("axis", Slice::axis)
          .integer("start", 0, Slice::start)
          .integer("end", Integer.MAX_VALUE, Slice::end)
          .integer("step", 1, Slice::step)
          .made(
              v ->
                  new Slice(
                      v.integer("axis"), v.integer("start"), v.integer("end"), v.integer("step")));

  public Slice {
    Checks.atLeast("slice", "step", step, 1);
  }

  /** Creates a slice from start (inclusive) to end (exclusive) with step 1. */
  public Slice(int axis, int start, int end) {
    this(axis, start, end, 1);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.any("slice", input);
    int of = Rearrangement.axis("slice", input, axis);
    return input.isFree(of) ? input : rearrangement(input).out();
  }

  private Rearrangement rearrangement(Shape input) {
    return Rearrangement.slice(input, axis, start, end, step);
  }
}
