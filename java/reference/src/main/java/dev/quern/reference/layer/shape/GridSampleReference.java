package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.GridSample;
import dev.quern.layer.shape.GridSample.Mode;
import dev.quern.layer.shape.GridSample.PaddingMode;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;

/**
 * Reference implementation of {@link GridSample}: samples images {@code [N, C, H, W]} at the points
 * of grids {@code [N, H', W', 2]}.
 */
public final class GridSampleReference {
  private static final double FAR = 2147483648.0;

  private GridSampleReference() {}

  /**
   * A pixel along one axis.
   *
   * @param slope the derivative of the weight by the grid's coordinate
   */
  private record Tap(int at, double weight, double slope) {}

  /**
   * Receives a point's pixel: positions in grid, output and input, and the taps along each axis.
   */
  private interface Term {
    void accept(int point, int o, int i, Tap y, Tap x);
  }

  public static NdArray forward(GridSample layer, List<NdArray> inputs) {
    List<NdArray> own = Checks.inputs("grid_sample", inputs, 2);
    NdArray output = new NdArray(outputShape(layer, own));
    NdArray image = own.get(0);
    forEachTerm(
        layer, own, (point, o, i, y, x) -> output.add(o, y.weight() * x.weight() * image.get(i)));
    return output;
  }

  /** Returns the gradients with respect to both inputs. */
  public static List<NdArray> backward(GridSample layer, List<NdArray> inputs, NdArray gradOutput) {
    List<NdArray> own = Checks.inputs("grid_sample", inputs, 2);
    Checks.shape("grid_sample", "grad_output", gradOutput, outputShape(layer, own));
    NdArray image = own.get(0);
    NdArray gradImage = new NdArray(image.shape());
    NdArray gradGrid = new NdArray(own.get(1).shape());
    forEachTerm(
        layer,
        own,
        (point, o, i, y, x) -> {
          double dy = gradOutput.get(o);
          gradImage.add(i, y.weight() * x.weight() * dy);
          gradGrid.add(point, y.weight() * x.slope() * image.get(i) * dy);
          gradGrid.add(point + 1, y.slope() * x.weight() * image.get(i) * dy);
        });
    return List.of(gradImage, gradGrid);
  }

  private static Shape outputShape(GridSample layer, List<NdArray> inputs) {
    Require.present("grid_sample", "layer", layer);
    List<Shape> samples = inputs.stream().map(x -> x.shape().sample()).toList();
    return layer.outputShape(samples).batch(inputs.get(0).dim(0));
  }

  private static void forEachTerm(GridSample layer, List<NdArray> inputs, Term term) {
    NdArray image = inputs.get(0);
    NdArray grid = inputs.get(1);
    int channels = image.dim(1);
    int height = image.dim(2);
    int width = image.dim(3);
    int points = grid.dim(1) * grid.dim(2);
    for (int point = 0; point < grid.dim(0) * points; point++) {
      int n = point / points;
      List<Tap> xs = taps(layer, grid.get(2 * point), width);
      List<Tap> ys = taps(layer, grid.get(2 * point + 1), height);
      for (int c = 0; c < channels; c++) {
        int plane = n * channels + c;
        for (Tap y : ys) {
          for (Tap x : xs) {
            term.accept(
                2 * point,
                plane * points + point % points,
                (plane * height + y.at()) * width + x.at(),
                y,
                x);
          }
        }
      }
    }
  }

  private static List<Tap> taps(GridSample layer, double coordinate, int size) {
    boolean align = layer.alignCorners();
    double scale = (align ? size - 1 : size) / 2.0;
    double x = (coordinate + 1) * scale - (align ? 0 : 0.5);
    double slope = scale;
    if (!(x > -FAR)) { // also if it is not a number
      x = -FAR;
      slope = 0;
    } else if (x > FAR) {
      x = FAR;
      slope = 0;
    }
    List<Tap> taps = new ArrayList<>();
    if (layer.mode() == Mode.BICUBIC) {
      double first = Math.floor(x);
      for (int i = -1; i <= 2; i++) {
        double at = first + i;
        add(taps, padded(layer, at, size)[0], size, cubic(x - at), cubicSlope(x - at) * slope);
      }
      return taps;
    }
    double[] padded = padded(layer, x, size);
    if (layer.mode() == Mode.NEAREST) {
      add(taps, Math.rint(padded[0]), size, 1, 0);
      return taps;
    }
    double first = Math.floor(padded[0]);
    add(taps, first, size, 1 - (padded[0] - first), -slope * padded[1]);
    add(taps, first + 1, size, padded[0] - first, slope * padded[1]);
    return taps;
  }

  private static void add(List<Tap> taps, double at, int size, double weight, double slope) {
    if (at >= 0 && at <= size - 1) {
      taps.add(new Tap((int) at, weight, slope));
    }
  }

  /** Returns a coordinate in pixels after padding, and its derivative. */
  private static double[] padded(GridSample layer, double x, int size) {
    if (layer.paddingMode() == PaddingMode.ZEROS) {
      return new double[] {x, 1};
    }
    double at = x;
    double slope = 1;
    if (layer.paddingMode() == PaddingMode.REFLECTION) {
      double low = layer.alignCorners() ? 0 : -0.5;
      double span = layer.alignCorners() ? size - 1 : size;
      if (span == 0) {
        return new double[] {0, 0};
      }
      double away = Math.abs(x - low);
      boolean even = Math.floor(away / span) % 2 == 0;
      at = low + (even ? away % span : span - away % span);
      slope = (even ? 1 : -1) * (x < low ? -1 : 1);
    }
    boolean inside = at > 0 && at < size - 1;
    return new double[] {Math.min(Math.max(at, 0), size - 1), inside ? slope : 0};
  }

  /** Keys's cubic convolution kernel with a = -0.75. */
  private static double cubic(double distance) {
    double a = -0.75;
    double t = Math.abs(distance);
    if (t <= 1) {
      return ((a + 2) * t - (a + 3)) * t * t + 1;
    }
    return t < 2 ? a * (((t - 5) * t + 8) * t - 4) : 0;
  }

  private static double cubicSlope(double distance) {
    double a = -0.75;
    double t = Math.abs(distance);
    double slope = 0;
    if (t <= 1) {
      slope = (3 * (a + 2) * t - 2 * (a + 3)) * t;
    } else if (t < 2) {
      slope = a * ((3 * t - 10) * t + 8);
    }
    return distance < 0 ? -slope : slope;
  }
}
