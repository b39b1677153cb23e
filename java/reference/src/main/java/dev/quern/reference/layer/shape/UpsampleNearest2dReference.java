package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.UpsampleNearest2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.reference.support.ImageTerms;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link UpsampleNearest2d}: repeats each pixel of {@code [N, C, H,
 * W]}.
 */
public final class UpsampleNearest2dReference {
  private UpsampleNearest2dReference() {}

  public static NdArray forward(UpsampleNearest2d layer, NdArray input) {
    Require.present("upsample_nearest2d", "layer, input", layer, input);
    Shape out = Checks.batchOutput(layer, input.shape());
    return terms(layer, input.shape(), out).forward(input, out);
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(UpsampleNearest2d layer, NdArray gradOutput, Shape inputShape) {
    Require.present("upsample_nearest2d", "layer, inputShape", layer, inputShape);
    Shape out = Checks.batchOutput(layer, inputShape);
    Checks.shape("upsample_nearest2d", "grad_output", gradOutput, out);
    return terms(layer, inputShape, out).backward(gradOutput, inputShape);
  }

  private static ImageTerms terms(UpsampleNearest2d layer, Shape in, Shape out) {
    int columns = (int) out.dim(3);
    return term -> {
      for (int o = 0; o < out.dim(2) * columns; o++) {
        int y = o / columns / layer.scaleFactor().height();
        int x = o % columns / layer.scaleFactor().width();
        term.accept(o, y * (int) in.dim(3) + x, 1);
      }
    };
  }
}
