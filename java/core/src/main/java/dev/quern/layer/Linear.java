package dev.quern.layer;

import dev.quern.Shape;
import dev.quern.error.ShapeException;
import java.util.ArrayList;
import java.util.List;

/**
 * A fully connected layer: {@code y = x W^T + b} with x {@code [N, in]}, W {@code [out, in]}, b
 * {@code [out]}.
 */
public record Linear(int outFeatures, boolean bias) implements Layer {
  public Linear {
    Checks.atLeast("linear", "out_features", outFeatures, 1);
  }

  public Linear(int outFeatures) {
    this(outFeatures, true);
  }

  @Override
  public String type() {
    return "linear";
  }

  @Override
  public Shape outputShape(Shape input) {
    if (input.rank() != 1 || input.dim(0) < 1) {
      throw new ShapeException(
          "linear: input " + input + " is not one row of features (put a flatten before it)");
    }
    return Shape.of(outFeatures);
  }

  @Override
  public List<Parameter> parameters(Shape input) {
    long in = input.dim(0);
    List<Parameter> all = new ArrayList<>();
    all.add(new Parameter("weight", Shape.of(outFeatures, in), in));
    if (bias) {
      all.add(new Parameter("bias", Shape.of(outFeatures), in));
    }
    return all;
  }

  @Override
  public long multiplyAdds(Shape input) {
    return Math.multiplyExact((long) outFeatures, input.dim(0));
  }
}
