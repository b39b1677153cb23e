package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Operators that read or write one element per index along an axis. */
final class ElementSelection {
  private ElementSelection() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    rules.put("GatherElements", ElementSelection::gather);
    rules.put("ScatterElements", ElementSelection::scatter);
    rules.put("Scatter", ElementSelection::scatter);
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
    if (!node.attributes().text("reduction", "none").equals("none")) {
      throw new Refusal("attribute reduction must be \"none\"");
    }
    if (!Arrays.equals(indices.dims(), updates.dims()) || x.isFloat() != updates.isFloat()) {
      throw new Refusal("updates " + updates + " do not match indices " + indices);
    }
    int[] places = places(node, x, indices);
    if (x.isFloat()) {
      float[] from = updates.floats();
      float[] out = x.floats().clone();
      for (int i = 0; i < places.length; i++) {
        out[places[i]] = from[i];
      }
      return List.of(Const.of(x.dims(), out));
    }
    long[] from = updates.longs();
    long[] out = x.longs().clone();
    for (int i = 0; i < places.length; i++) {
      out[places[i]] = from[i];
    }
    return List.of(Const.of(x.type(), x.dims(), out));
  }
}
