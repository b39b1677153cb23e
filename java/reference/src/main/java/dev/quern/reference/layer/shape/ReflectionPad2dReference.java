package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.ReflectionPad2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.reference.support.ImageTerms;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link ReflectionPad2d}: pads images {@code [N, C, H, W]} by
 * reflection.
 */
public final class ReflectionPad2dReference {
  private ReflectionPad2dReference() {}

  public static NdArray forward(ReflectionPad2d layer, NdArray input) {
    Require.present("reflection_pad2d", "layer, input", layer, input);
    Shape out = Checks.batchOutput(layer, input.shape());
    return terms(layer, input.shape(), out).forward(input, out);
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(ReflectionPad2d layer, NdArray gradOutput, Shape inputShape) {
    Require.present("reflection_pad2d", "layer, inputShape", layer, inputShape);
    Shape out = Checks.batchOutput(layer, inputShape);
    Checks.shape("reflection_pad2d", "grad_output", gradOutput, out);
    return terms(layer, inputShape, out).backward(gradOutput, inputShape);
  }

  private static ImageTerms terms(ReflectionPad2d layer, Shape in, Shape out) {
    return ImageTerms.padded(in, out, layer.top(), layer.left(), ReflectionPad2dReference::shown);
  }

  /**
   * Maps position {@code i}, relative to the image, into the image by reflection at its first and
   * last pixels.
   */
  private static int shown(int i, int length) {
    int last = length - 1;
    return last - Math.abs(last - Math.abs(i));
  }
}
