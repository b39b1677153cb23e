package dev.quern.layer;

import dev.quern.Shape;
import dev.quern.error.ShapeException;
import java.util.List;

/**
 * One layer of a network: an immutable description. Shapes here are those of one sample, without
 * the batch: {@code [C, H, W]} for images, {@code [F]} for features.
 */
public sealed interface Layer permits Conv2d, MaxPool2d, AvgPool2d, Relu, Flatten, Linear, Softmax {

  /** The operator's name in files and messages, for example {@code conv2d}. */
  String type();

  /**
   * The shape that comes out for {@code input}.
   *
   * @throws ShapeException if the layer cannot take that input
   */
  Shape outputShape(Shape input);

  /** The trainable tensors for {@code input}, in the order in which they are stored. */
  default List<Parameter> parameters(Shape input) {
    return List.of();
  }

  /** Multiply-adds of one sample's forward pass; 0 for layers that only move or compare. */
  default long multiplyAdds(Shape input) {
    return 0;
  }
}
