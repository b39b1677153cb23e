package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.ResizeLike;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.reference.support.ImageTerms;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * Reference implementation of {@link ResizeLike}: resizes images {@code [N, C, H, W]} to the height
 * and width of the second input.
 */
public final class ResizeLikeReference {
  private ResizeLikeReference() {}

  public static NdArray forward(ResizeLike layer, List<NdArray> inputs) {
    List<NdArray> own = Checks.inputs("resize_like", inputs, 2);
    Shape out = output(layer, own);
    return terms(layer, own.get(0).shape(), out).forward(own.get(0), out);
  }

  /** Returns the gradients with respect to both inputs; the second input's gradient is 0. */
  public static List<NdArray> backward(ResizeLike layer, List<NdArray> inputs, NdArray gradOutput) {
    List<NdArray> own = Checks.inputs("resize_like", inputs, 2);
    Shape out = output(layer, own);
    Checks.shape("resize_like", "grad_output", gradOutput, out);
    Shape in = own.get(0).shape();
    return List.of(terms(layer, in, out).backward(gradOutput, in), new NdArray(own.get(1).shape()));
  }

  private static Shape output(ResizeLike layer, List<NdArray> inputs) {
    Require.present("resize_like", "layer", layer);
    Shape in = inputs.get(0).shape();
    return layer.outputShape(List.of(in.sample(), inputs.get(1).shape().sample())).batch(in.dim(0));
  }

  private static ImageTerms terms(ResizeLike layer, Shape in, Shape out) {
    int h = (int) in.dim(2);
    int w = (int) in.dim(3);
    int rows = (int) out.dim(2);
    int columns = (int) out.dim(3);
    return term -> {
      for (int o = 0; o < rows * columns; o++) {
        double y = place(layer.mode(), o / columns, h, rows);
        double x = place(layer.mode(), o % columns, w, columns);
        for (int row : new int[] {(int) y, (int) y + 1}) {
          for (int column : new int[] {(int) x, (int) x + 1}) {
            double share = (1 - Math.abs(y - row)) * (1 - Math.abs(x - column));
            term.accept(o, Math.min(row, h - 1) * w + Math.min(column, w - 1), share);
          }
        }
      }
    };
  }

  /**
   * Returns the source coordinate of output position {@code i} along an axis; an integer if a
   * single element is copied.
   */
  private static double place(ResizeLike.Mode mode, int i, int in, int out) {
    return switch (mode) {
      case NEAREST -> (double) ((long) i * in / out);
      case NEAREST_EXACT -> (double) ((2L * i + 1) * in / (2L * out));
      case BILINEAR -> Math.max(0, (i + 0.5) * in / out - 0.5);
      case BILINEAR_ALIGNED -> out == 1 ? 0 : (double) i * (in - 1) / (out - 1);
    };
  }
}
