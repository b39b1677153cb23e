package dev.quern.layer;

import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.layer.internal.Checks;
import dev.quern.tensor.Shape;
import java.util.List;

/**
 * One layer of a network: an immutable description. Shapes here are those of one sample, without
 * the batch: {@code [C, H, W]} for images, {@code [F]} for features.
 *
 * <p>Networks take Quern's layers, which {@code dev.quern.network.LayerTypes} lists, and those that
 * implement {@link CustomLayer}; another implementation of this interface is refused.
 */
public interface Layer {

  /** The operator's name in files and messages, for example {@code conv2d}. */
  String type();

  /**
   * The shape that comes out for {@code input}.
   *
   * @throws ShapeException if the layer cannot take that input
   */
  Shape outputShape(Shape input);

  /** Whether the layer takes two inputs or more rather than exactly one. */
  default boolean merges() {
    return false;
  }

  /**
   * The shape that comes out for these inputs: one, unless the layer {@link #merges()}.
   *
   * @throws ShapeException if the layer cannot take those inputs
   */
  default Shape outputShape(List<Shape> inputs) {
    List<Shape> all = Require.all("layer", "inputs", inputs);
    if (all.size() != 1) {
      throw new ShapeException("layer: it takes 1 input, not " + all.size());
    }
    return outputShape(all.get(0));
  }

  /** The trainable tensors for {@code input}, in the order in which they are stored. */
  default List<Parameter> parameters(Shape input) {
    return List.of();
  }

  /** The same for these inputs; the first says it all, unless the layer says otherwise. */
  default List<Parameter> parameters(List<Shape> inputs) {
    return parameters(Checks.several(type(), inputs).get(0));
  }

  /** Returns the state of the layer besides its parameters, such as running means. */
  default List<Buffer> buffers(Shape input) {
    return List.of();
  }

  /** Multiply-adds of one sample's forward pass; 0 for layers that only move or compare. */
  default long multiplyAdds(Shape input) {
    return 0;
  }

  /** The same for these inputs; the first says it all, unless the layer says otherwise. */
  default long multiplyAdds(List<Shape> inputs) {
    return multiplyAdds(Checks.several(type(), inputs).get(0));
  }
}
