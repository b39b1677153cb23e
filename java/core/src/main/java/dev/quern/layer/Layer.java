package dev.quern.layer;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * A layer of a network: an immutable description of its type and options. Shapes are those of one
 * sample, without the batch: {@code [C, H, W]} for images, {@code [F]} for features.
 *
 * <p>Networks accept the built-in layers, listed in {@code dev.quern.network.LayerTypes}, and
 * implementations of {@link CustomLayer}. Networks reject other implementations of this interface.
 */
public interface Layer {

  /** Returns the layer type's name in files and messages, for example {@code conv2d}. */
  String type();

  /**
   * Returns the output shape for {@code input}.
   *
   * @throws ShapeException if the layer does not accept that input
   */
  Shape outputShape(Shape input);

  /** Returns whether the layer has two or more inputs rather than exactly one. */
  default boolean merges() {
    return false;
  }

  /**
   * Returns the output shape for a list of input shapes. The list contains exactly one shape unless
   * {@link #merges()} is true.
   *
   * @throws ShapeException if the layer does not accept those inputs
   */
  default Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Require.all("layer", "inputs", inputs);
    if (all.size() != 1) {
      throw new ShapeException("layer: expects 1 input, found " + all.size());
    }
    return outputShape(all.get(0));
  }

  /** Returns the trainable tensors for an input shape, in storage order. */
  default List<Parameter> parameters(Shape input) {
    return List.of();
  }

  /**
   * Returns the trainable tensors for several input shapes; by default, the tensors for the first
   * shape.
   */
  default List<Parameter> parameters(List<Shape> inputs) {
    return parameters(Checks.several(type(), inputs).get(0));
  }

  /** Returns the non-trainable tensors, such as running means, for an input shape. */
  default List<Buffer> buffers(Shape input) {
    return List.of();
  }

  /**
   * Returns the number of multiply-adds in one sample's forward pass; 0 for layers that only move
   * or compare values.
   */
  default long multiplyAdds(Shape input) {
    return 0;
  }

  /**
   * Returns the number of multiply-adds in one sample's forward pass for several input shapes; by
   * default, the number for the first shape.
   */
  default long multiplyAdds(List<Shape> inputs) {
    return multiplyAdds(Checks.several(type(), inputs).get(0));
  }
}
