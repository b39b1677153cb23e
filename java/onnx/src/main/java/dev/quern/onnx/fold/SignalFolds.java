package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Constant folding of windows and of the matrix from frequencies to mel bands. */
final class SignalFolds {
  private SignalFolds() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    rules.put("HannWindow", (n, v, in) -> window(n, in, 0.5, 0.5, 0));
    rules.put("HammingWindow", (n, v, in) -> window(n, in, 25.0 / 46, 21.0 / 46, 0));
    rules.put("BlackmanWindow", (n, v, in) -> window(n, in, 0.42, 0.5, 0.08));
    rules.put("MelWeightMatrix", SignalFolds::mel);
  }

  /** Returns a - b cos(2 pi n / N) + c cos(4 pi n / N) for each n, in the wanted type. */
  private static List<Const> window(
      Node node, List<@Nullable Const> in, double a, double b, double c) {
    long size = (long) Fold.given(node, in, 0).scalar();
    float[] out = new float[Fold.size(size)];
    boolean periodic = node.attributes().number("periodic", 1) != 0;
    double step = 2 * Math.PI / Math.max(1, periodic ? size : size - 1);
    for (int i = 0; i < out.length; i++) {
      out[i] = (float) (a - b * Math.cos(step * i) + c * Math.cos(2 * step * i));
    }
    return typed(node, Const.of(new long[] {size}, out));
  }

  private static List<Const> typed(Node node, Const c) {
    return List.of(ElementFolds.cast(c, (int) node.attributes().number("output_datatype", 1)));
  }

  /** As ONNX defines it: triangles between edges that are rounded down to whole frequencies. */
  private static List<Const> mel(Node node, long opset, List<@Nullable Const> in) {
    long bands = (long) Fold.given(node, in, 0).scalar();
    long length = (long) Fold.given(node, in, 1).scalar();
    long rate = (long) Fold.given(node, in, 2).scalar();
    double low = mels(Fold.given(node, in, 3).scalar());
    double high = mels(Fold.given(node, in, 4).scalar());
    if (bands < 1 || length < 1 || rate < 1) {
      throw new Refusal(
          bands + " bands, " + length + " samples and a rate of " + rate + " must be at least 1");
    }
    long rows = length / 2 + 1;
    float[] out = new float[Fold.size(rows, bands)];
    int columns = (int) bands;
    double step = (high - low) / (bands + 2);
    long[] edges = new long[Fold.size(bands + 2)];
    for (int i = 0; i < edges.length; i++) {
      double hertz = 700 * (Math.pow(10, (low + step * i) / 2595) - 1);
      edges[i] = (long) Math.floor((length + 1) * hertz / rate);
      if (edges[i] < 0 || edges[i] > rows || i > 0 && edges[i] < edges[i - 1]) {
        throw new Refusal("edge " + i + " of its bands is outside the spectrum");
      }
    }
    for (int band = 0; band < columns; band++) {
      long lower = edges[band];
      long center = edges[band + 1];
      long upper = edges[band + 2];
      for (long j = lower; j <= Math.min(center, rows - 1); j++) {
        boolean peak = center == lower;
        out[(int) j * columns + band] = peak ? 1 : (float) (j - lower) / (center - lower);
      }
      for (long j = center; j < upper; j++) {
        out[(int) j * columns + band] = (float) (upper - j) / (upper - center);
      }
    }
    return typed(node, Const.of(new long[] {rows, bands}, out));
  }

  private static double mels(double hertz) {
    return 2595 * Math.log10(1 + hertz / 700);
  }
}
