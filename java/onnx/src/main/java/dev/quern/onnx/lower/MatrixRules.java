package dev.quern.onnx.lower;

import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.QuantizedLinear;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Matmul;
import dev.quern.onnx.fold.Index;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Value;
import dev.quern.onnx.graph.WholeWeights;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rules for matrix products: a product with a constant becomes a linear layer, a product of two
 * values a matmul layer.
 */
final class MatrixRules {
  private MatrixRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("Gemm", MatrixRules::gemm);
    rules.put("MatMul", s -> s.out(0, product(s, s.operand(0), s.operand(1))));
  }

  private static void gemm(Site s) {
    float alpha = s.attributes().real("alpha", 1);
    float beta = s.attributes().real("beta", 1);
    boolean turnedA = s.attributes().number("transA", 0) != 0;
    boolean turnedB = s.attributes().number("transB", 0) != 0;
    Operand c = s.operand(2);
    Value a = s.value(0);
    boolean rows = a.rank() == 2 || FrontedNode.is(s.node); // a matrix with its rows cut by sample
    if (!rows || s.dims(1).length != 2) {
      throw new Refusal("its inputs are not matrices");
    }
    if (turnedA) {
      a = ShapeRules.transposed(s, a, 1, 0);
    }
    if (s.operand(1) instanceof Const b) {
      s.nameAfter(1);
      Const weight = turnedB ? b : Index.transpose(b, 1, 0);
      float[] bias = c instanceof Const k ? bias(k, weight.dims()[0], beta) : null;
      Value made = linear(s, a, alpha == 1 ? weight : scaled(weight, alpha), bias);
      s.out(0, bias != null || c == null ? made : added(s, made, c, beta));
      return;
    }
    Value b = s.value(1);
    Value made = product(s, a, turnedB ? ShapeRules.transposed(s, b, 1, 0) : b);
    if (alpha != 1) {
      made = s.made(s.layer(new Affine(alpha, 0), made.node()), made.dims());
    }
    s.out(0, c == null ? made : added(s, made, c, beta));
  }

  private static Value added(Site s, Value made, Operand c, float beta) {
    Value other = s.value(c);
    if (beta != 1) {
      other = s.made(s.layer(new Affine(beta, 0), other.node()), other.dims());
    }
    return ArithmeticRules.broadcast(s, new Add(), made, other);
  }

  private static Const scaled(Const c, float factor) {
    float[] out = c.floats().clone();
    for (int i = 0; i < out.length; i++) {
      out[i] *= factor;
    }
    return Const.of(c.dims(), out);
  }

  /**
   * Returns the bias of a linear layer, one element per column; null if it differs between rows.
   */
  private static float @Nullable [] bias(Const c, long columns, float beta) {
    if (c.rank() > 2 || c.rank() == 2 && c.dims()[0] != 1) {
      return null;
    }
    Const each = Index.broadcast(c, Dims.broadcast(c.dims(), new long[] {columns}));
    return beta == 1 ? each.floats() : scaled(each, beta).floats();
  }

  private static Value linear(Site s, Value a, Const weight, float @Nullable [] bias) {
    int last = a.rank() - 1;
    long rows = weight.dims()[1];
    if (a.dims()[last] != rows) {
      throw new Refusal(
          "a matrix of "
              + a.dims()[last]
              + " columns cannot be multiplied by one of "
              + rows
              + " rows");
    }
    Site.Form in = s.form(a, last);
    Map<String, float[]> weights = new HashMap<>();
    weights.put("weight", weight.floats());
    if (bias != null) {
      weights.put("bias", bias);
    }
    long features = weight.dims()[0];
    Linear plain = new Linear(Math.toIntExact(features), bias != null);
    Layer layer = WholeWeights.layer(plain, QuantizedLinear::new, weight, weights);
    String made = s.layer(layer, weights, in.node());
    return s.made(made, Dims.with(a.dims(), last, features));
  }

  /**
   * Returns the product that MatMul computes: a vector is a row on the left, and a column on the
   * right.
   */
  static Value product(Site s, @Nullable Operand left, @Nullable Operand right) {
    if (left == null || right == null || left.rank() == 0 || right.rank() == 0) {
      throw new Refusal("its inputs are not two matrices");
    }
    if (left instanceof Value a && a.rank() > 1 && right instanceof Const b && b.rank() == 2) {
      s.nameAfter(1);
      Const weight = Index.transpose(b, 1, 0);
      return linear(s, a, weight, null);
    }
    int rank = Math.max(left.rank(), right.rank());
    boolean matrices = rank > 2 && Math.min(left.rank(), right.rank()) > 1;
    Value a = matrices && left instanceof Const c ? s.each(c, rank) : s.value(left);
    Value b = matrices && right instanceof Const c ? s.each(c, rank) : s.value(right);
    long[] x = a.rank() == 1 ? new long[] {1, a.dims()[0]} : a.dims();
    long[] y = b.rank() == 1 ? new long[] {b.dims()[0], 1} : b.dims();
    long[] before = Dims.broadcast(Arrays.copyOf(x, x.length - 2), Arrays.copyOf(y, y.length - 2));
    Value p = ShapeRules.stretched(s, s.made(a.node(), x), matrix(before, x));
    Value q = ShapeRules.stretched(s, s.made(b.node(), y), matrix(before, y));
    long rows = x[x.length - 2];
    long columns = y[y.length - 1];
    long[] to = matrix(before, new long[] {rows, columns});
    boolean batch = to.length > 2 && s.lowering().dropped(to) > 0;
    String u = batch ? s.form(p).node() : s.full(p).node();
    String v = batch ? s.form(q).node() : s.full(q).node();
    String made = s.layer(new Matmul(), u, v);
    Value whole = s.made(made, to);
    long[] dims = to;
    if (a.rank() == 1 || b.rank() == 1) {
      dims = before;
      dims = a.rank() > 1 ? joined(dims, rows) : dims;
      dims = b.rank() > 1 ? joined(dims, columns) : dims;
    }
    return s.made(whole.node(), dims);
  }

  private static long[] matrix(long[] before, long[] of) {
    long[] out = Arrays.copyOf(before, before.length + 2);
    out[before.length] = of[of.length - 2];
    out[before.length + 1] = of[of.length - 1];
    return out;
  }

  private static long[] joined(long[] dims, long last) {
    long[] out = Arrays.copyOf(dims, dims.length + 1);
    out[dims.length] = last;
    return out;
  }
}
