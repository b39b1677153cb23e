package dev.quern.onnx.fold;

import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.GridSample.Mode;
import dev.quern.layer.shape.GridSample.PaddingMode;
import dev.quern.onnx.graph.Attributes;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** GridSample of images whose first axis is not a batch, or that are constant. */
public final class GridSampleFolds {
  private static final int RANK = 4;

  /** Coordinates are limited to so many pixels. */
  private static final double FAR = 2147483648.0;

  private GridSampleFolds() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    rules.put("GridSample", (n, v, in) -> List.of(sample(n, in)));
  }

  /** Returns the layer with a node's attributes. */
  public static GridSample layer(Attributes attributes) {
    String mode = attributes.text("mode", "bilinear");
    String padding = attributes.text("padding_mode", "zeros");
    return new GridSample(
        switch (mode) { // opset 20 has other names than opset 16
          case "bilinear", "linear" -> Mode.BILINEAR;
          case "nearest" -> Mode.NEAREST;
          case "bicubic", "cubic" -> Mode.BICUBIC;
          default -> throw new Refusal("attribute mode " + mode + " is not supported");
        },
        switch (padding) {
          case "zeros" -> PaddingMode.ZEROS;
          case "border" -> PaddingMode.BORDER;
          case "reflection" -> PaddingMode.REFLECTION;
          default -> throw new Refusal("attribute padding_mode " + padding + " is not supported");
        },
        attributes.number("align_corners", 0) != 0);
  }

  private static Const sample(Node node, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    Const grid = Fold.given(node, in, 1);
    if (x.rank() != RANK || grid.rank() != RANK) {
      throw new Refusal("image " + x + " and grid " + grid + " do not have four axes");
    }
    long[] from = x.dims();
    long[] points = grid.dims();
    if (from[0] != points[0] || points[3] != 2) {
      throw new Refusal(
          "image " + x + " and grid " + grid + " are not [N, C, H, W] and [N, h, w, 2]");
    }
    long[] to = {from[0], from[1], points[1], points[2]};
    float[] out = new float[Fold.size(to)];
    if (out.length == 0) {
      return Const.of(to, out);
    }
    if (x.elements() == 0) {
      throw new Refusal("image " + x + " is empty");
    }
    GridSample layer = layer(node.attributes());
    float[] image = x.floats();
    float[] coordinates = grid.floats();
    IntStream.range(0, (int) from[0])
        .parallel()
        .forEach(n -> new Image(layer, from, image, n).fill(coordinates, out));
    return Const.of(to, out);
  }

  /** Pixels along one axis, with their weights. */
  private static final class Taps {
    private final int[] at = new int[4];
    private final double[] weight = new double[4];
    private int count;

    Taps(GridSample layer, float coordinate, int size) {
      boolean align = layer.alignCorners();
      double scale = (align ? size - 1 : size) / 2.0;
      double x = (coordinate + 1.0) * scale - (align ? 0 : 0.5);
      x = x > -FAR ? Math.min(x, FAR) : -FAR; // also if it is not a number
      if (layer.mode() == Mode.BICUBIC) {
        double first = Math.floor(x);
        for (int i = -1; i <= 2; i++) {
          add(padded(layer, first + i, size), size, cubic(Math.abs(x - first - i)));
        }
        return;
      }
      double place = padded(layer, x, size);
      if (layer.mode() == Mode.NEAREST) {
        add(Math.rint(place), size, 1);
        return;
      }
      double first = Math.floor(place);
      add(first, size, 1 - (place - first));
      add(first + 1, size, place - first);
    }

    private void add(double place, int size, double w) {
      if (place >= 0 && place <= size - 1) {
        at[count] = (int) place;
        weight[count++] = w;
      }
    }

    private static double padded(GridSample layer, double x, int size) {
      if (layer.paddingMode() == PaddingMode.ZEROS) {
        return x;
      }
      double place = x;
      if (layer.paddingMode() == PaddingMode.REFLECTION) {
        double low = layer.alignCorners() ? 0 : -0.5;
        double span = layer.alignCorners() ? size - 1 : size;
        double away = Math.abs(x - low);
        boolean even = span == 0 || Math.floor(away / span) % 2 == 0;
        double rest = span == 0 ? 0 : away % span;
        place = low + (even ? rest : span - rest);
      }
      return Math.min(Math.max(place, 0), size - 1);
    }

    /** Keys's cubic convolution kernel with a = -0.75. */
    private static double cubic(double t) {
      double a = -0.75;
      if (t <= 1) {
        return ((a + 2) * t - (a + 3)) * t * t + 1;
      }
      return t < 2 ? a * (((t - 5) * t + 8) * t - 4) : 0;
    }
  }

  /** One image and its points. */
  private record Image(GridSample layer, long[] dims, float[] values, int n) {
    void fill(float[] grid, float[] out) {
      int channels = (int) dims[1];
      int height = (int) dims[2];
      int width = (int) dims[3];
      int points = (int) (out.length / dims[0] / channels);
      double[] sums = new double[channels];
      for (int p = 0; p < points; p++) {
        int at = 2 * (n * points + p);
        Taps xs = new Taps(layer, grid[at], width);
        Taps ys = new Taps(layer, grid[at + 1], height);
        Arrays.fill(sums, 0);
        for (int y = 0; y < ys.count; y++) {
          for (int x = 0; x < xs.count; x++) {
            double weight = ys.weight[y] * xs.weight[x];
            int from = (n * channels * height + ys.at[y]) * width + xs.at[x];
            for (int c = 0; c < channels; c++) {
              sums[c] += weight * values[from + c * height * width];
            }
          }
        }
        for (int c = 0; c < channels; c++) {
          out[(n * channels + c) * points + p] = (float) sums[c];
        }
      }
    }
  }
}
