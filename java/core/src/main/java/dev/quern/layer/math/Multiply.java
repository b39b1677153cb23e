package dev.quern.layer.math;

import dev.quern.kernel.BinaryKernel;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/**
 * The product of two inputs: along each axis they are of one size, or one of them is 1 and meets
 * all of the other, as in the gate of a squeeze-and-excitation block (Hu, Shen and Sun,
 * "Squeeze-and-Excitation Networks", 2018).
 */
public record Multiply() implements Layer {
  /** Its name and its options. */
  public static final LayerType<Multiply> TYPE =
      LayerType.of("multiply", Multiply.class, Multiply::new);

  /** Gradients of a backward pass: of the first input and of the other. */
  public record Backward(Tensor input, Tensor other) {}

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public boolean merges() {
    return true;
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.any("multiply", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    return Binary.outputShape("multiply", inputs);
  }

  @Override
  public long multiplyAdds(Shape input) {
    return Checks.any("multiply", input).elements();
  }

  /**
   * The native operator's forward pass.
   *
   * @param input {@code [N, ...]}
   * @param other {@code [N, ...]}, along each axis of the input's size, or of 1 where that is not,
   *     or of any where the input's is 1
   * @return of the larger sizes, in the input's arena
   */
  public Tensor forward(Tensor input, Tensor other) {
    return Binary.forward("multiply", BinaryKernel.MULTIPLY, input, other);
  }

  /**
   * The gradients with respect to both, in the input's arena; sums where one number met several.
   */
  public Backward backward(Tensor input, Tensor other, Tensor gradOutput) {
    BinaryGradients both =
        Binary.backward("multiply", BinaryKernel.MULTIPLY, input, other, gradOutput);
    return new Backward(both.input(), both.other());
  }
}
