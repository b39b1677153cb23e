package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.CircularPad2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.reference.support.ImageTerms;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link CircularPad2d}: pads images {@code [N, C, H, W]} circularly.
 */
public final class CircularPad2dReference {
  private CircularPad2dReference() {}

  public static NdArray forward(CircularPad2d layer, NdArray input) {
    Require.present("circular_pad2d", "layer, input", layer, input);
    Shape out = Checks.batchOutput(layer, input.shape());
    return terms(layer, input.shape(), out).forward(input, out);
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(CircularPad2d layer, NdArray gradOutput, Shape inputShape) {
    Require.present("circular_pad2d", "layer, inputShape", layer, inputShape);
    Shape out = Checks.batchOutput(layer, inputShape);
    Checks.shape("circular_pad2d", "grad_output", gradOutput, out);
    return terms(layer, inputShape, out).backward(gradOutput, inputShape);
  }

  private static ImageTerms terms(CircularPad2d layer, Shape in, Shape out) {
    return ImageTerms.padded(in, out, layer.top(), layer.left(), CircularPad2dReference::shown);
  }

  /**
   * Maps position {@code i}, relative to the image, into the image: {@code i} modulo {@code
   * length}.
   */
  private static int shown(int i, int length) {
    return Math.floorMod(i, length);
  }
}
