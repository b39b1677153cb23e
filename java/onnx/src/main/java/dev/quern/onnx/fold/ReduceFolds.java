package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Constant folding of sums, products, minima and maxima over axes. */
final class ReduceFolds {
  private ReduceFolds() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    rules.put("ReduceSum", rule(Double::sum, 0));
    rules.put("ReduceMean", (node, opset, in) -> List.of(mean(node, in)));
    rules.put("ReduceProd", rule((a, b) -> a * b, 1));
    rules.put("ReduceMax", rule(Math::max, Double.NEGATIVE_INFINITY));
    rules.put("ReduceMin", rule(Math::min, Double.POSITIVE_INFINITY));
    rules.put("ReduceL1", rule((a, b) -> a + Math.abs(b), 0));
    rules.put("ReduceSumSquare", rule(ReduceFolds::addSquare, 0));
    rules.put("ReduceL2", rule(ReduceFolds::addSquare, 0, Math::sqrt));
    rules.put("ReduceLogSum", rule(Double::sum, 0, Math::log));
    rules.put("ReduceLogSumExp", rule(ReduceFolds::addExp, Double.NEGATIVE_INFINITY));
  }

  private static Fold.Rule rule(DoubleBinaryOperator f, double first) {
    return rule(f, first, DoubleUnaryOperator.identity());
  }

  private static Fold.Rule rule(DoubleBinaryOperator f, double first, DoubleUnaryOperator last) {
    return (node, opset, in) -> List.of(reduce(node, in, f, first, last));
  }

  private static double addSquare(double sum, double x) {
    return sum + x * x;
  }

  /** Returns log(exp(a) + exp(b)), without overflow. */
  private static double addExp(double a, double b) {
    double most = Math.max(a, b);
    return Double.isInfinite(most) ? most : most + Math.log1p(Math.exp(-Math.abs(a - b)));
  }

  private static Const mean(Node node, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    if (!x.isFloat()) {
      throw new Refusal("a mean of integers is not computed");
    }
    Const sum = reduce(node, in, Double::sum, 0, DoubleUnaryOperator.identity());
    float[] out = sum.floats().clone();
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) ((double) out[i] * out.length / x.elements());
    }
    return Const.of(sum.dims(), out);
  }

  private static Const reduce(
      Node node,
      List<@Nullable Const> in,
      DoubleBinaryOperator f,
      double first,
      DoubleUnaryOperator last) {
    Const x = Fold.given(node, in, 0);
    boolean[] over = Reductions.over(node, Shapes.axes(node, in), x.rank());
    long[] kept = Reductions.kept(x.dims(), over);
    long[] strides = Dims.strides(kept);
    for (int i = 0; i < over.length; i++) {
      strides[i] = over[i] ? 0 : strides[i];
    }
    double[] sums = new double[Fold.size(kept)];
    Arrays.fill(sums, first);
    int[] to = Index.of(x.dims(), strides);
    float[] floats = x.isFloat() ? x.floats() : new float[0];
    long[] longs = x.isFloat() ? new long[0] : x.longs();
    for (int i = 0; i < to.length; i++) {
      sums[to[i]] = f.applyAsDouble(sums[to[i]], x.isFloat() ? floats[i] : longs[i]);
    }
    for (int i = 0; i < sums.length; i++) {
      sums[i] = last.applyAsDouble(sums[i]);
    }
    long[] dims =
        node.attributes().number("keepdims", 1) != 0 ? kept : Reductions.left(x.dims(), over);
    if (x.isFloat()) {
      float[] out = new float[sums.length];
      for (int i = 0; i < out.length; i++) {
        out[i] = (float) sums[i];
      }
      return Const.of(dims, out);
    }
    long[] out = new long[sums.length];
    for (int i = 0; i < out.length; i++) {
      if (Math.abs(sums[i]) > 1L << 53) {
        throw new Refusal("a sum of integers exceeds 2^53");
      }
      out[i] = (long) sums[i];
    }
    return Const.of(x.type(), dims, out);
  }
}
