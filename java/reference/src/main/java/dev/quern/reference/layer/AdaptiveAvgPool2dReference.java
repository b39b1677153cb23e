package dev.quern.reference.layer;

import dev.quern.layer.AdaptiveAvgPool2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.reference.support.ImageTerms;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link AdaptiveAvgPool2d}: input {@code [N, C, H, W]}, output {@code
 * [N, C, H', W']}. Along an axis of length L with n outputs, output i is the mean of positions
 * {@code floor(i L / n)} to {@code ceil((i + 1) L / n) - 1}.
 */
public final class AdaptiveAvgPool2dReference {
  private AdaptiveAvgPool2dReference() {}

  /** Returns the mean of each window. */
  public static NdArray forward(AdaptiveAvgPool2d layer, NdArray input) {
    Require.present("adaptive_avg_pool2d", "layer, input", layer, input);
    Shape out = Checks.batchOutput(layer, input.shape());
    return terms(input.shape(), out).forward(input, out);
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(AdaptiveAvgPool2d layer, NdArray gradOutput, Shape inputShape) {
    Require.present("adaptive_avg_pool2d", "layer, inputShape", layer, inputShape);
    Shape out = Checks.batchOutput(layer, inputShape);
    Checks.shape("adaptive_avg_pool2d", "grad_output", gradOutput, out);
    return terms(inputShape, out).backward(gradOutput, inputShape);
  }

  private static ImageTerms terms(Shape in, Shape out) {
    int h = (int) in.dim(2);
    int w = (int) in.dim(3);
    int rows = (int) out.dim(2);
    int columns = (int) out.dim(3);
    return term -> {
      for (int o = 0; o < rows * columns; o++) {
        int top = begin(o / columns, h, rows);
        int bottom = end(o / columns, h, rows);
        int left = begin(o % columns, w, columns);
        int right = end(o % columns, w, columns);
        double share = 1.0 / ((bottom - top) * (right - left));
        for (int y = top; y < bottom; y++) {
          for (int x = left; x < right; x++) {
            term.accept(o, y * w + x, share);
          }
        }
      }
    };
  }

  private static int begin(int window, int length, int windows) {
    return (int) Math.floor((double) window * length / windows);
  }

  private static int end(int window, int length, int windows) {
    return (int) Math.ceil((window + 1.0) * length / windows);
  }
}
