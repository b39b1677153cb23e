package dev.quern.layer;

import dev.quern.error.ShapeException;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * A one-dimensional layer, computed as a two-dimensional layer on images of height 1. A sample is a
 * signal {@code [L]} of one channel or {@code [C, L]} of several, or an image {@code [C, 1, L]}.
 * The output for a signal is {@code [C', L']}, for an image {@code [C', 1, L']}. Weights have the
 * shapes of PyTorch's one-dimensional layers.
 *
 * <p>{@code dev.quern.eager} runs the equivalent layer {@link #as2d()} on tensors {@code [N, C, 1,
 * L]}.
 */
public sealed interface Layer1d extends Layer
    permits AdaptiveAvgPool1d, AvgPool1d, BatchNorm1d, Conv1d, ConvTranspose1d, MaxPool1d {

  /** Returns the equivalent two-dimensional layer for images of height 1. */
  Layer as2d();

  /**
   * Converts a signal's shape to the input shape {@code [C, 1, L]} of {@link #as2d()}.
   *
   * @throws ShapeException if {@code signal} is not a signal
   */
  default Shape image(Shape signal) {
    long[] d = Checks.any(type(), signal).toArray();
    if (d.length == 1) {
      return Shape.of(1, 1, d[0]);
    }
    if (d.length == 2) {
      return Shape.of(d[0], 1, d[1]);
    }
    if (d.length == 3 && d[1] == 1) {
      return signal;
    }
    throw new ShapeException(
        type()
            + ": input "
            + signal
            + " is not a signal, expected [length], [channels, length] or [channels, 1, length]");
  }

  @Override
  default Shape outputShape(Shape input) {
    Shape image = image(input);
    try {
      Shape out = as2d().outputShape(image);
      if (input.rank() == 3) {
        return out;
      }
      long[] d = out.toArray();
      return Shape.of(d[0], d[2]);
    } catch (ShapeException e) {
      throw new ShapeException(type() + ", computed as " + e.getMessage());
    }
  }

  @Override
  default List<Parameter> parameters(Shape input) {
    outputShape(input);
    return as2d().parameters(image(input)).stream()
        .map(p -> new Parameter(p.name(), withoutHeight(p.shape()), p.fanIn(), p.constant()))
        .toList();
  }

  /** Converts a convolution's weight shape {@code [out, in, 1, k]} to {@code [out, in, k]}. */
  private static Shape withoutHeight(Shape weight) {
    return weight.rank() == 4 ? Shape.of(weight.dim(0), weight.dim(1), weight.dim(3)) : weight;
  }

  @Override
  default List<Buffer> buffers(Shape input) {
    outputShape(input);
    return as2d().buffers(image(input));
  }

  @Override
  default long multiplyAdds(Shape input) {
    outputShape(input);
    return as2d().multiplyAdds(image(input));
  }
}
