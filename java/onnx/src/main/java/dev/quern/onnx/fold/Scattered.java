package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.LongBinaryOperator;

/** Writes updates to places of a tensor's copy, in place of its elements or combined with them. */
final class Scattered {
  /** An operation on numbers; in double precision, one of floats is rounded once. */
  private record Combination(DoubleBinaryOperator floats, LongBinaryOperator longs) {}

  private static final Map<String, Combination> ALL =
      Map.of(
          "none", new Combination((a, b) -> b, (a, b) -> b),
          "add", new Combination(Double::sum, Long::sum),
          "mul", new Combination((a, b) -> a * b, (a, b) -> a * b),
          "max", new Combination(Math::max, Math::max),
          "min", new Combination(Math::min, Math::min));

  private Scattered() {}

  /**
   * Returns the tensor with its updates, in the order of the updates.
   *
   * @param places the index of the first element of each block of updates
   * @param each the number of elements of a block
   */
  static Const of(Node node, Const x, Const updates, int[] places, int each) {
    String name = node.attributes().text("reduction", "none");
    Combination how = ALL.get(name);
    if (how == null) {
      throw new Refusal("attribute reduction must be one of none, add, mul, max, min: " + name);
    }
    if (x.isFloat() != updates.isFloat()) {
      throw new Refusal("updates " + updates + " do not have the type of " + x);
    }
    if (x.isFloat()) {
      float[] from = updates.floats();
      float[] out = x.floats().clone();
      for (int i = 0; i < places.length * each; i++) {
        int to = places[i / each] + i % each;
        out[to] = (float) how.floats.applyAsDouble(out[to], from[i]);
      }
      return Const.of(x.dims(), out);
    }
    long[] from = updates.longs();
    long[] out = x.longs().clone();
    for (int i = 0; i < places.length * each; i++) {
      int to = places[i / each] + i % each;
      out[to] = how.longs.applyAsLong(out[to], from[i]);
    }
    return Const.of(x.type(), x.dims(), out);
  }
}
