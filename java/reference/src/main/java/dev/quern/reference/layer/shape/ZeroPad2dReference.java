package dev.quern.reference.layer.shape;

import dev.quern.layer.shape.ZeroPad2d;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.support.Checks;
import dev.quern.reference.support.ImageTerms;
import dev.quern.tensor.Shape;

/** Reference implementation of {@link ZeroPad2d}: pads images {@code [N, C, H, W]} with zeros. */
public final class ZeroPad2dReference {
  private ZeroPad2dReference() {}

  public static NdArray forward(ZeroPad2d layer, NdArray input) {
    Require.present("zero_pad2d", "layer, input", layer, input);
    Shape out = Checks.batchOutput(layer, input.shape());
    return terms(layer, input.shape(), out).forward(input, out);
  }

  /** Returns the gradient with respect to the input, of shape {@code inputShape}. */
  public static NdArray backward(ZeroPad2d layer, NdArray gradOutput, Shape inputShape) {
    Require.present("zero_pad2d", "layer, inputShape", layer, inputShape);
    Shape out = Checks.batchOutput(layer, inputShape);
    Checks.shape("zero_pad2d", "grad_output", gradOutput, out);
    return terms(layer, inputShape, out).backward(gradOutput, inputShape);
  }

  private static ImageTerms terms(ZeroPad2d layer, Shape in, Shape out) {
    int w = (int) in.dim(3);
    return term -> {
      for (int i = 0; i < in.dim(2) * w; i++) {
        int row = i / w + layer.top();
        term.accept(row * (int) out.dim(3) + i % w + layer.left(), i, 1);
      }
    };
  }
}
