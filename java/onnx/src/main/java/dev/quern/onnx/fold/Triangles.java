package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import org.jspecify.annotations.Nullable;

/** The elements of a matrix that Trilu keeps: the upper or lower triangle. */
public final class Triangles {
  private Triangles() {}

  /**
   * Returns for each element of a matrix whether Trilu keeps it.
   *
   * @param diagonal the index of the diagonal; null for the main diagonal
   * @param dims the shape of a tensor whose last two axes are matrices
   */
  public static boolean[] kept(Node node, @Nullable Const diagonal, long[] dims) {
    if (dims.length < 2) {
      throw new Refusal("its input of " + dims.length + " axes is not a matrix");
    }
    boolean upper = node.attributes().number("upper", 1) != 0;
    long k = diagonal == null ? 0 : diagonal.as().longs()[0];
    int columns = (int) dims[dims.length - 1];
    boolean[] out = new boolean[Fold.size(dims[dims.length - 2], columns)];
    for (int i = 0; i < out.length; i++) {
      long above = i % columns - i / columns;
      out[i] = upper ? above >= k : above <= k;
    }
    return out;
  }
}
