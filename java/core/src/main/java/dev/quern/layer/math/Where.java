package dev.quern.layer.math;

import dev.quern.error.ShapeException;
import dev.quern.internal.Require;
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
 * Of three inputs, the second where the first is not 0, else the third: along each axis they are of
 * one size, or 1, which meets all of the others. Nothing of what is not chosen gets through, NaN
 * neither, and the gradient goes to what is chosen. The condition gets none; NaN is not 0.
 */
public record Where() implements Layer {
  /** Its name and its options. */
  public static final LayerType<Where> TYPE = LayerType.of("where", Where.class, Where::new);

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
    return Checks.any("where", input);
  }

  @Override
  public Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Checks.several("where", inputs);
    if (all.size() != 3) {
      throw new ShapeException("where: takes 3 inputs, not " + all.size());
    }
    return Broadcast.shape("where", all);
  }

  /**
   * The native operator's forward pass.
   *
   * @param condition {@code [N, ...]}, as the others
   * @param input what is chosen where the condition is not 0
   * @param other what is chosen elsewhere
   * @return of the larger sizes, in the input's arena
   */
  public Tensor forward(Tensor condition, Tensor input, Tensor other) {
    Shape out = check(condition, input, other);
    try (Scratch s = new Scratch(condition, input, other)) {
      Tensor output = input.arena().tensor(out);
      Binary.broadcast(BinaryKernel.WHEN, condition.shape(), input.shape(), out)
          .forward(s.raw(condition), s.raw(input), s.raw(output));
      Binary.broadcast(BinaryKernel.UNLESS, condition.shape(), other.shape(), out)
          .forward(s.raw(condition), s.raw(other), s.raw(output));
      return output;
    }
  }

  /** The gradients with respect to input and other, in the input's arena. */
  public BinaryGradients backward(Tensor condition, Tensor input, Tensor other, Tensor gradOutput) {
    Shape out = check(condition, input, other);
    Checks.shape("where", "grad_output", gradOutput, out);
    try (Scratch s = new Scratch(condition, input, other, gradOutput)) {
      Tensor gradInput = input.arena().tensor(input.shape());
      Tensor gradOther = input.arena().tensor(other.shape());
      Binary.broadcast(BinaryKernel.WHEN, condition.shape(), input.shape(), out)
          .backward(s.raw(condition), s.raw(input), s.raw(gradOutput), null, s.raw(gradInput));
      Binary.broadcast(BinaryKernel.UNLESS, condition.shape(), other.shape(), out)
          .backward(s.raw(condition), s.raw(other), s.raw(gradOutput), null, s.raw(gradOther));
      return new BinaryGradients(gradInput, gradOther);
    }
  }

  private static Shape check(Tensor condition, Tensor input, Tensor other) {
    Require.present("where", "condition", condition);
    Require.present("where", "input", input);
    Require.present("where", "other", other);
    Checks.batched("where", condition);
    Shape some = Binary.batchOutput("where", condition.shape(), input.shape());
    return Binary.batchOutput("where", some, other.shape());
  }
}
