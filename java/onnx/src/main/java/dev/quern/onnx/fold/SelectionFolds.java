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

/**
 * Constant folding of operators that write or select elements by indices, used for example in the
 * masks of shifted windows in Swin.
 */
final class SelectionFolds {
  private SelectionFolds() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    rules.put("ScatterND", SelectionFolds::scatterNd);
    rules.put("GatherND", SelectionFolds::gatherNd);
    rules.put("Trilu", SelectionFolds::trilu);
    rules.put("EyeLike", SelectionFolds::eyeLike);
    rules.put("OneHot", SelectionFolds::oneHot);
  }

  /**
   * Returns the flat index of the first element of the block that each index tuple selects.
   *
   * @param batch the number of leading axes that indices and elements have in common
   */
  private static long[] blocks(Const indices, long[] dims, int batch) {
    int rank = indices.rank();
    long k = rank == 0 ? 0 : indices.dims()[rank - 1];
    if (k < 1 || k > dims.length - batch) {
      throw new Refusal("indices " + indices + " do not name elements of " + dims.length + " axes");
    }
    if (!Arrays.equals(dims, 0, batch, indices.dims(), 0, batch)) {
      throw new Refusal("indices " + indices + " do not have the first axes of the elements");
    }
    long[] strides = Dims.strides(dims);
    long[] at = indices.longs();
    long[] out = new long[(int) (at.length / k)];
    for (int i = 0; i < at.length; i++) {
      int axis = batch + (int) (i % k);
      long index = at[i] < 0 ? at[i] + dims[axis] : at[i];
      if (index < 0 || index >= dims[axis]) {
        throw new Refusal("index " + at[i] + " is outside an axis of " + dims[axis]);
      }
      out[(int) (i / k)] += index * strides[axis];
    }
    long tuples = Dims.elements(indices.dims(), batch, rank - 1);
    long sample = Dims.elements(dims, batch, dims.length);
    for (int i = 0; i < out.length; i++) {
      out[i] += i / tuples * sample;
    }
    return out;
  }

  private static List<Const> scatterNd(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    Const indices = Fold.given(node, in, 1);
    Const updates = Fold.given(node, in, 2);
    long[] blocks = blocks(indices, x.dims(), 0);
    int k = (int) indices.dims()[indices.rank() - 1];
    int each = (int) Dims.elements(x.dims(), k, x.rank());
    if (updates.elements() != (long) blocks.length * each) {
      throw new Refusal("updates " + updates + " do not match indices " + indices);
    }
    int[] places = Arrays.stream(blocks).mapToInt(Math::toIntExact).toArray();
    return List.of(Scattered.of(node, x, updates, places, each));
  }

  private static List<Const> gatherNd(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    Const indices = Fold.given(node, in, 1);
    long batch = node.attributes().number("batch_dims", 0);
    if (batch < 0 || batch >= Math.min(x.rank(), indices.rank())) {
      throw new Refusal("batch_dims " + batch + " exceeds the axes of " + x + " or " + indices);
    }
    long[] blocks = blocks(indices, x.dims(), (int) batch);
    int k = (int) (batch + indices.dims()[indices.rank() - 1]);
    int each = (int) Dims.elements(x.dims(), k, x.rank());
    long[] to = Arrays.copyOf(indices.dims(), indices.rank() - 1 + x.rank() - k);
    System.arraycopy(x.dims(), k, to, indices.rank() - 1, x.rank() - k);
    int[] from = new int[Fold.size(to)];
    for (int i = 0; i < from.length; i++) {
      from[i] = (int) (blocks[i / each] + i % each);
    }
    return List.of(x.take(to, from));
  }

  private static List<Const> trilu(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    boolean[] kept = Triangles.kept(node, in.size() > 1 ? in.get(1) : null, x.dims());
    if (x.isFloat()) {
      float[] out = x.floats().clone();
      for (int i = 0; i < out.length; i++) {
        out[i] = kept[i % kept.length] ? out[i] : 0;
      }
      return List.of(Const.of(x.dims(), out));
    }
    long[] out = x.longs().clone();
    for (int i = 0; i < out.length; i++) {
      out[i] = kept[i % kept.length] ? out[i] : 0;
    }
    return List.of(Const.of(x.type(), x.dims(), out));
  }

  private static List<Const> eyeLike(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    if (x.rank() != 2) {
      throw new Refusal("its input " + x + " is not a matrix");
    }
    long k = node.attributes().number("k", 0);
    int columns = (int) x.dims()[1];
    long[] out = new long[Fold.size(x.dims())];
    for (int i = 0; i < out.length; i++) {
      out[i] = i % columns - i / columns == k ? 1 : 0;
    }
    Const ones = Const.of(Types.INT64, x.dims(), out);
    return List.of(ElementFolds.cast(ones, (int) node.attributes().number("dtype", x.type())));
  }

  private static List<Const> oneHot(Node node, long opset, List<@Nullable Const> in) {
    Const indices = Fold.given(node, in, 0);
    long depth = (long) Fold.given(node, in, 1).scalar();
    Const values = Fold.given(node, in, 2);
    if (values.elements() != 2 || depth < 1) {
      throw new Refusal("values " + values + " and depth " + depth + " are not a one-hot code");
    }
    int axis = Dims.axis(node.attributes().number("axis", -1), indices.rank() + 1);
    long[] dims = new long[Dims.rank(indices.rank() + 1L)];
    for (int i = 0; i < dims.length; i++) {
      dims[i] = i == axis ? depth : indices.dims()[i < axis ? i : i - 1];
    }
    float[] at = indices.floats();
    long inner = Dims.elements(dims, axis + 1, dims.length);
    int[] from = new int[Fold.size(dims)];
    for (int i = 0; i < from.length; i++) {
      long place = i / inner % depth;
      float index = at[(int) (i / inner / depth * inner + i % inner)];
      from[i] = (index < 0 ? index + depth : index) == place ? 1 : 0;
    }
    return List.of(values.take(dims, from));
  }
}
