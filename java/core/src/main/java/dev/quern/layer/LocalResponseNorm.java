package dev.quern.layer;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;

/**
 * Local response normalization across channels: input and output {@code [N, C, H, W]}, {@code y_c =
 * x_c / (k + alpha / size * sum)^beta}. The sum adds the squares of channels {@code c - (size - 1)
 * / 2} to {@code c + size / 2}, both rounded down, omitting channels that do not exist. Krizhevsky,
 * Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural Networks", 2012.
 *
 * <p>The window is that of ONNX. PyTorch's window is the same for odd sizes; for even sizes, its
 * extra channel is before channel c rather than after c. Defaults are PyTorch's: alpha 1e-4, beta
 * 0.75, k 1. Computation is fastest for beta 0.5, 0.75 and 1.
 *
 * @param size number of channels in the window, at least 1
 * @param alpha factor of the sum, at least 0
 */
public record LocalResponseNorm(int size, float alpha, float beta, float k) implements Layer {
  /** The type of this layer: its name and its options in network files. */
  public static final LayerType<LocalResponseNorm> TYPE =
      LayerType.of("local_response_norm", LocalResponseNorm.class)
          .integer("size", LocalResponseNorm::size)
          .number("alpha", 1e-4f, LocalResponseNorm::alpha)
          .number("beta", 0.75f, LocalResponseNorm::beta)
          .number("k", 1, LocalResponseNorm::k)
          .made(
              v ->
                  new LocalResponseNorm(
                      v.integer("size"), v.number("alpha"), v.number("beta"), v.number("k")));

  public LocalResponseNorm {
    Checks.atLeast("local_response_norm", "size", size, 1);
    number("alpha", alpha);
    number("beta", beta);
    number("k", k);
  }

  /** Creates the layer with PyTorch's defaults: alpha 1e-4, beta 0.75, k 1. */
  public LocalResponseNorm(int size) {
    this(size, 1e-4f, 0.75f, 1);
  }

  private static void number(String what, float value) {
    if (!(value >= 0) || Float.isInfinite(value)) {
      throw new InvalidArgumentException(
          "local_response_norm: " + what + " " + value + " must be finite and at least 0");
    }
  }

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    Checks.image("local_response_norm", input);
    return input;
  }
}
