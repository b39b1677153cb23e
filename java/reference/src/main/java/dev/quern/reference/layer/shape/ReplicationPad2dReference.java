package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.ReplicationPad2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.reference.support.ImageTerms;
import dev.quern.tensor.Shape;

/**
 * Reference implementation of {@link ReplicationPad2d}: pads images {@code [N, C, H, W]} by
 * repeating their border pixels.
 */
public final class ReplicationPad2dReference {
  private ReplicationPad2dReference() {}

  public static NdArray forward(ReplicationPad2d layer, NdArray input) {
    Require.present("replication_pad2d", "layer, input", layer, input);
    Shape out = Checks.batchOutput(layer, input.shape());
    return terms(layer, input.shape(), out).forward(input, out);
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(ReplicationPad2d layer, NdArray gradOutput, Shape inputShape) {
    Require.present("replication_pad2d", "layer, inputShape", layer, inputShape);
    Shape out = Checks.batchOutput(layer, inputShape);
    Checks.shape("replication_pad2d", "grad_output", gradOutput, out);
    return terms(layer, inputShape, out).backward(gradOutput, inputShape);
  }

  private static ImageTerms terms(ReplicationPad2d layer, Shape in, Shape out) {
    return ImageTerms.padded(in, out, layer.top(), layer.left(), ReplicationPad2dReference::shown);
  }

  /** Maps position {@code i}, relative to the image, to the nearest position in the image. */
  private static int shown(int i, int length) {
    return Math.max(0, Math.min(i, length - 1));
  }
}
