package dev.quern.reference.support;

import dev.quern.reference.NdArray;
import dev.quern.tensor.Shape;
import java.util.function.IntBinaryOperator;

/**
 * An operator whose outputs are weighted sums of inputs in the same plane: a list of terms {@code
 * output[o] += factor * input[i]}. The forward pass computes the outputs, the backward pass the
 * gradients of the inputs.
 */
public interface ImageTerms {
  /** Receives one term; offsets are row-major within a plane. */
  interface Term {
    void accept(int o, int i, double factor);
  }

  void forEach(Term term);

  /** Returns the output, of shape {@code out}, for images {@code [N, C, H, W]}. */
  default NdArray forward(NdArray input, Shape out) {
    NdArray output = new NdArray(out);
    int from = plane(input);
    int to = plane(output);
    forEach(
        (o, i, factor) -> {
          for (int p = 0; p * from < input.size(); p++) {
            output.add(p * to + o, factor * input.get(p * from + i));
          }
        });
    return output;
  }

  /** Returns the gradient with respect to the images, of shape {@code in}. */
  default NdArray backward(NdArray gradOutput, Shape in) {
    NdArray gradInput = new NdArray(in);
    int from = plane(gradOutput);
    int to = plane(gradInput);
    forEach(
        (o, i, factor) -> {
          for (int p = 0; p * from < gradOutput.size(); p++) {
            gradInput.add(p * to + i, factor * gradOutput.get(p * from + o));
          }
        });
    return gradInput;
  }

  /**
   * Returns the terms of padding images {@code [N, C, H, W]} with their own pixels.
   *
   * @param shown maps a position, inside or outside the image, to a position inside the image; its
   *     second argument is the image's length along the axis
   */
  static ImageTerms padded(Shape in, Shape out, int top, int left, IntBinaryOperator shown) {
    int h = (int) in.dim(2);
    int w = (int) in.dim(3);
    int columns = (int) out.dim(3);
    return term -> {
      for (int o = 0; o < out.dim(2) * columns; o++) {
        int y = shown.applyAsInt(o / columns - top, h);
        int x = shown.applyAsInt(o % columns - left, w);
        term.accept(o, y * w + x, 1);
      }
    };
  }

  private static int plane(NdArray images) {
    return images.dim(2) * images.dim(3);
  }
}
