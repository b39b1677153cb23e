package dev.quern.layer.activation;

import dev.quern.internal.Require;
import dev.quern.kernel.ReluKernel;
import dev.quern.kernel.Scratch;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;

/** {@code max(x, 0)}, of any shape; NaN stays NaN, and the derivative at 0 is 0. */
public record Relu() implements Layer {
  /** Its name and its options. */
  public static final LayerType<Relu> TYPE =
      LayerType.of("relu", Relu.class, Relu::new).onnx("Relu");

  @Override
  public String type() {
    return TYPE.name();
  }

  @Override
  public Shape outputShape(Shape input) {
    return Checks.any(type(), input);
  }

  /** The native operator's forward pass; the result is of the input's shape and in its arena. */
  public Tensor forward(Tensor input) {
    Require.present("relu", "input", input);
    try (Scratch s = new Scratch(input)) {
      Tensor output = input.arena().tensor(input.shape());
      ReluKernel.forward(input.shape().elements(), s.raw(input), s.raw(output));
      return output;
    }
  }

  /**
   * The gradient with respect to the input, from the input (or the output: its sign is the same).
   */
  public Tensor backward(Tensor input, Tensor gradOutput) {
    Require.present("relu", "input", input);
    Checks.shape("relu", "grad_output", gradOutput, input.shape());
    try (Scratch s = new Scratch(input, gradOutput)) {
      Tensor grad = input.arena().tensor(input.shape());
      ReluKernel.backward(input.shape().elements(), s.raw(input), s.raw(gradOutput), s.raw(grad));
      return grad;
    }
  }
}
