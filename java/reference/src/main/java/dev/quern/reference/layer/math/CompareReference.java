package dev.quern.reference.layer.math;

import dev.quern.layer.math.Compare;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import java.util.List;

/**
 * Reference implementation of {@link Compare}: compares two arrays element by element; axes of size
 * 1 are broadcast.
 */
public final class CompareReference {
  private CompareReference() {}

  public static NdArray forward(Compare layer, List<NdArray> inputs) {
    Require.present("compare", "layer", layer);
    List<NdArray> own = Checks.inputs("compare", inputs, 2);
    return Pairs.forward(
        own, Pairs.outputShape(layer, own), (a, b) -> holds(layer.kind(), a, b) ? 1 : 0);
  }

  /** Returns the gradients with respect to both inputs: zeros. */
  public static List<NdArray> backward(Compare layer, List<NdArray> inputs, NdArray gradOutput) {
    Require.present("compare", "layer", layer);
    List<NdArray> own = Checks.inputs("compare", inputs, 2);
    Checks.shape("compare", "grad_output", gradOutput, Pairs.outputShape(layer, own));
    return List.of(new NdArray(own.get(0).shape()), new NdArray(own.get(1).shape()));
  }

  private static boolean holds(Compare.Kind kind, double a, double b) {
    return switch (kind) {
      case EQUAL -> a == b;
      case LESS -> a < b;
      case LESS_OR_EQUAL -> a <= b;
      case GREATER -> a > b;
      case GREATER_OR_EQUAL -> a >= b;
    };
  }
}
