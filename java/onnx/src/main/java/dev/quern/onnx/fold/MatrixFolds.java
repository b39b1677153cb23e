package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Constant folding of matrix products, by NumPy's rules; sums are in double precision. */
public final class MatrixFolds {
  private MatrixFolds() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    rules.put("MatMul", MatrixFolds::product);
  }

  /** Returns the number of multiplications of a MatMul; 0 if it lacks inputs. */
  public static long multiplications(List<@Nullable Const> in) {
    if (in.size() < 2 || in.get(0) == null || in.get(1) == null) {
      return 0;
    }
    long[] left = in.get(0).dims();
    long[] right = in.get(1).dims();
    long columns = right.length > 1 ? right[right.length - 1] : 1;
    long rows = left.length > 1 ? left[left.length - 2] : 1;
    long depth = left.length > 0 ? left[left.length - 1] : 1;
    long matrices = Dims.elements(before(left, right));
    return Math.multiplyExact(
        Math.multiplyExact(matrices, rows), Math.multiplyExact(depth, columns));
  }

  /** Returns the batch dimensions of a product: the broadcast dimensions before the last two. */
  private static long[] before(long[] left, long[] right) {
    return Dims.broadcast(
        Arrays.copyOf(left, Math.max(0, left.length - 2)),
        Arrays.copyOf(right, Math.max(0, right.length - 2)));
  }

  private static List<Const> product(Node node, long opset, List<@Nullable Const> in) {
    Const a = Fold.given(node, in, 0);
    Const b = Fold.given(node, in, 1);
    if (!a.isFloat() || !b.isFloat()) {
      throw new Refusal("MatMul of " + Types.name(a.type()) + " cannot be folded");
    }
    if (a.rank() == 0 || b.rank() == 0) {
      throw new Refusal("its inputs are not two matrices");
    }
    long[] x = a.rank() == 1 ? new long[] {1, a.dims()[0]} : a.dims();
    long[] y = b.rank() == 1 ? new long[] {b.dims()[0], 1} : b.dims();
    long depth = x[x.length - 1];
    if (y[y.length - 2] != depth) {
      throw new Refusal(
          "shapes "
              + Arrays.toString(a.dims())
              + " and "
              + Arrays.toString(b.dims())
              + " cannot be multiplied");
    }
    long[] before = before(x, y);
    long rows = x[x.length - 2];
    long columns = y[y.length - 1];
    long[] full = Arrays.copyOf(before, before.length + 2);
    full[before.length] = rows;
    full[before.length + 1] = columns;
    float[] out = new float[Fold.size(full)];
    float[] left = spread(a.as(x), before);
    float[] right = spread(b.as(y), before);
    multiply(left, right, (int) rows, (int) depth, (int) columns, out);
    long[] dims = b.rank() == 1 ? Arrays.copyOf(full, full.length - 1) : full;
    if (a.rank() == 1) {
      long[] without = Arrays.copyOf(before, dims.length - 1);
      if (b.rank() > 1) {
        without[without.length - 1] = columns;
      }
      dims = without;
    }
    return List.of(Const.of(dims, out));
  }

  private static float[] spread(Const c, long[] before) {
    long[] to = Arrays.copyOf(before, before.length + 2);
    System.arraycopy(c.dims(), c.rank() - 2, to, before.length, 2);
    Fold.size(to);
    return Index.broadcast(c, to).floats();
  }

  private static void multiply(
      float[] left, float[] right, int rows, int depth, int columns, float[] out) {
    for (int i = 0; i < out.length; i++) {
      int matrix = i / columns / rows;
      int row = i / columns * depth;
      int column = matrix * depth * columns + i % columns;
      double sum = 0;
      for (int k = 0; k < depth; k++) {
        sum += (double) left[row + k] * right[column + k * columns];
      }
      out[i] = (float) sum;
    }
  }
}
