package dev.quern.layer;

import dev.quern.error.ShapeException;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * A fully connected layer over the last axis: {@code y = x W^T + b} with x {@code [N, ..., in]}, W
 * {@code [out, in]}, b {@code [out]}, y {@code [N, ..., out]}. A sample is usually one row {@code
 * [in]}; in samples {@code [T, in]} or {@code [C, H, in]}, the same weights apply to each row.
 */
public record Linear(int outFeatures, boolean bias) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<Linear> TYPE =
      LayerType.of("linear", Linear.class)
          .integer("out_features", Linear::outFeatures)
          .flag("bias", true, Linear::bias)
          .made(v -> new Linear(v.integer("out_features"), v.flag("bias")));

  public Linear {
    Checks.atLeast("linear", "out_features", outFeatures, 1);
  }

  public Linear(int outFeatures) {
    this(outFeatures, true);
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    long[] dims = Checks.any("linear", input).toArray();
    if (dims.length == 0 || dims[dims.length - 1] == Shape.FREE || dims[dims.length - 1] < 1) {
      throw new ShapeException(
          "linear: the last axis of input " + input + " must have a fixed size of at least 1");
    }
    dims[dims.length - 1] = outFeatures;
    return Shape.of(dims);
  }

  private static long last(Shape shape) {
    return shape.dim(shape.rank() - 1);
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    outputShape(input);
    long in = last(input);
    List<Parameter> all = new ArrayList<>();
    all.add(new Parameter("weight", Shape.of(outFeatures, in), in));
    if (bias) {
      all.add(new Parameter("bias", Shape.of(outFeatures), in));
    }
    return all;
  }

  @Override
  public long multiplyAdds(Shape input) {
    return Checks.product("linear", outputShape(input).elements(), last(input));
  }
}
