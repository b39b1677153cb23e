package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.UpsampleBilinear2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.reference.support.ImageTerms;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link UpsampleBilinear2d}: resizes images {@code [N, C, H, W]} by
 * bilinear interpolation.
 */
public final class UpsampleBilinear2dReference {
  private UpsampleBilinear2dReference() {}

  public static NdArray forward(UpsampleBilinear2d layer, NdArray input) {
    Require.present("upsample_bilinear2d", "layer, input", layer, input);
    Shape out = Checks.batchOutput(layer, input.shape());
    return terms(layer, input.shape(), out).forward(input, out);
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(UpsampleBilinear2d layer, NdArray gradOutput, Shape inputShape) {
    Require.present("upsample_bilinear2d", "layer, inputShape", layer, inputShape);
    Shape out = Checks.batchOutput(layer, inputShape);
    Checks.shape("upsample_bilinear2d", "grad_output", gradOutput, out);
    return terms(layer, inputShape, out).backward(gradOutput, inputShape);
  }

  private static ImageTerms terms(UpsampleBilinear2d layer, Shape in, Shape out) {
    int h = (int) in.dim(2);
    int w = (int) in.dim(3);
    int columns = (int) out.dim(3);
    return term -> {
      for (int o = 0; o < out.dim(2) * columns; o++) {
        double y = place(layer, o / columns, h, (int) out.dim(2));
        double x = place(layer, o % columns, w, columns);
        for (int row : new int[] {(int) y, (int) y + 1}) {
          for (int column : new int[] {(int) x, (int) x + 1}) {
            double share = (1 - Math.abs(y - row)) * (1 - Math.abs(x - column));
            term.accept(o, Math.min(row, h - 1) * w + Math.min(column, w - 1), share);
          }
        }
      }
    };
  }

  /** Returns the source coordinate of output position {@code i} along an axis. */
  private static double place(UpsampleBilinear2d layer, int i, int in, int out) {
    if (layer.alignCorners()) {
      return out == 1 ? 0 : (double) i * (in - 1) / (out - 1);
    }
    return Math.max(0, (i + 0.5) * in / out - 0.5);
  }
}
