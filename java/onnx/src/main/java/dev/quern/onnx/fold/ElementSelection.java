package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Operators that read or write one element per index along an axis. */
final class ElementSelection {
  private ElementSelection() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    rules.put("GatherElements", ElementSelection::gather);
    rules.put("ScatterElements", ElementSelection::scatter);
    rules.put("Scatter", ElementSelection::scatter);
    rules.put("ReverseSequence", ElementSelection::reverse);
    rules.put("Compress", ElementSelection::compress);
  }

  /** Reverses the first elements of each sequence; the number of these elements is its length. */
  private static List<Const> reverse(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    long[] lengths = Fold.given(node, in, 1).longs();
    int batch = Dims.axis(node.attributes().number("batch_axis", 1), x.rank());
    int time = Dims.axis(node.attributes().number("time_axis", 0), x.rank());
    long[] dims = x.dims();
    if (batch == time || lengths.length != dims[batch]) {
      throw new Refusal(lengths.length + " lengths do not match axis " + batch + " of " + x);
    }
    for (long length : lengths) {
      if (length < 0 || length > dims[time]) {
        throw new Refusal("length " + length + " is outside an axis of " + dims[time]);
      }
    }
    long[] strides = Dims.strides(dims);
    int[] from = new int[Fold.size(dims)];
    for (int i = 0; i < from.length; i++) {
      long at = i / strides[time] % dims[time];
      long length = lengths[(int) (i / strides[batch] % dims[batch])];
      from[i] = at < length ? (int) (i + (length - 1 - 2 * at) * strides[time]) : i;
    }
    return List.of(x.take(dims, from));
  }

  /** Keeps the slices along an axis, or without an axis the elements, whose condition is true. */
  private static List<Const> compress(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    if (!node.attributes().has("axis")) {
      x = x.as(x.elements());
    }
    int axis = Dims.axis(node.attributes().number("axis", 0), x.rank());
    long[] condition = Fold.given(node, in, 1).longs();
    long size = x.dims()[axis];
    if (condition.length > size) {
      throw new Refusal(condition.length + " conditions exceed an axis of " + size);
    }
    long[] kept =
        IntStream.range(0, condition.length)
            .filter(i -> condition[i] != 0)
            .asLongStream()
            .toArray();
    long[] dims = Dims.with(x.dims(), axis, kept.length);
    long inner = Dims.elements(dims, axis + 1, dims.length);
    int[] from = new int[Fold.size(dims)];
    for (int i = 0; i < from.length; i++) {
      long outer = i / inner / kept.length;
      from[i] = (int) ((outer * size + kept[(int) (i / inner % kept.length)]) * inner + i % inner);
    }
    return List.of(x.take(dims, from));
  }

  /** Returns for each index the flat position of the element that it selects. */
  private static int[] places(Node node, Const x, Const indices) {
    int axis = Dims.axis(node.attributes().number("axis", 0), x.rank());
    if (indices.rank() != x.rank()) {
      throw new Refusal("indices " + indices + " do not have the axes of " + x);
    }
    for (int i = 0; i < x.rank(); i++) {
      if (i != axis && indices.dims()[i] > x.dims()[i]) {
        throw new Refusal("indices " + indices + " exceed an axis of " + x);
      }
    }
    long[] along = Indices.within(indices.longs(), x.dims()[axis]);
    long[] strides = Dims.strides(x.dims());
    long own = strides[axis];
    strides[axis] = 0;
    int[] out = Index.of(indices.dims(), strides);
    for (int i = 0; i < out.length; i++) {
      out[i] += (int) (along[i] * own);
    }
    return out;
  }

  private static List<Const> gather(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    Const indices = Fold.given(node, in, 1);
    return List.of(x.take(indices.dims(), places(node, x, indices)));
  }

  private static List<Const> scatter(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    Const indices = Fold.given(node, in, 1);
    Const updates = Fold.given(node, in, 2);
    if (!Arrays.equals(indices.dims(), updates.dims())) {
      throw new Refusal("updates " + updates + " do not match indices " + indices);
    }
    return List.of(Scattered.of(node, x, updates, places(node, x, indices), 1));
  }
}
