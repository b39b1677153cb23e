package dev.quern.layer.math;

import dev.quern.internal.Require;
import dev.quern.kernel.AddKernel;
import dev.quern.kernel.BinaryKernel;
import dev.quern.kernel.Broadcast;
import dev.quern.kernel.Scratch;
import dev.quern.layer.Layer;
import dev.quern.layer.LayerType;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import dev.quern.tensor.Tensor;
import java.util.List;

/**
 * The sum of two or more inputs: of one shape, as at the join of a residual block, or along each
 * axis of one size or 1, which meets all of the others.
 */
public record Add() implements Layer {
  /** Its name and its options. */
  public static final LayerType<Add> TYPE = LayerType.of("add", Add.class, Add::new);

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
    return Checks.any("add", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    return Broadcast.shape("add", Checks.several("add", inputs));
  }

  /**
   * The native operator's forward pass on two tensors of one shape, or {@code [N, ...]} of sizes
   * that meet; in the first one's arena.
   */
  public Tensor forward(Tensor input, Tensor other) {
    Require.present("add", "input", input);
    Require.present("add", "other", other);
    if (!other.shape().equals(input.shape())) {
      return Binary.forward("add", BinaryKernel.ADD, input, other);
    }
    try (Scratch s = new Scratch(input, other)) {
      Tensor output = input.arena().tensor(input.shape());
      AddKernel.forward(input.shape().elements(), s.raw(input), s.raw(other), s.raw(output));
      return output;
    }
  }

  /**
   * The gradients with respect to both, in the input's arena; sums where one number met several.
   */
  public BinaryGradients backward(Tensor input, Tensor other, Tensor gradOutput) {
    return Binary.backward("add", BinaryKernel.ADD, input, other, gradOutput);
  }
}
