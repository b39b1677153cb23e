package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Resize of known values, such as masks whose sizes depend on data. */
final class ResizeFolds {
  private ResizeFolds() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    rules.put("Resize", (n, v, in) -> List.of(resized(n, v, in)));
  }

  private static Const resized(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    List<Resizing> axes = Resizing.of(node, opset, in, x.dims());
    long[] to = x.dims().clone();
    axes.forEach(r -> to[r.axis()] = r.to());
    Fold.size(to);
    Const made = x;
    for (Resizing r : axes) {
      if (r.isNearest()) {
        made = Index.along(made, r.axis(), r.nearest());
      } else if (!r.isStill()) {
        made = weighted(made, r);
      }
    }
    return made;
  }

  /** Resizes one axis: each element of the result is a sum of weighted elements of the input. */
  private static Const weighted(Const x, Resizing r) {
    long[] dims = Dims.with(x.dims(), r.axis(), r.to());
    float[] out = new float[Fold.size(dims)];
    float[] from = x.floats();
    int inner = (int) Dims.elements(dims, r.axis() + 1, dims.length);
    int size = (int) r.from();
    int to = (int) r.to();
    int outer = out.length / to / Math.max(1, inner);
    float[] filled = r.filled();
    int[] places = new int[r.taps()];
    float[] weights = new float[places.length];
    for (int i = 0; i < to; i++) {
      r.taps(i, places, weights);
      for (int o = 0; o < outer; o++) {
        int at = (o * to + i) * inner;
        for (int k = 0; k < places.length; k++) {
          int run = (o * size + places[k]) * inner;
          for (int j = 0; weights[k] != 0 && j < inner; j++) {
            out[at + j] += weights[k] * from[run + j];
          }
        }
        for (int j = 0; filled.length > 0 && j < inner; j++) {
          out[at + j] += filled[i];
        }
      }
    }
    return Const.of(dims, out);
  }
}
