package dev.quern.onnx.write;

import dev.quern.layer.Layer;
import dev.quern.onnx.graph.Refusal;

/** A function that converts layers of one class to ONNX nodes. */
@FunctionalInterface
interface LayerForm<L extends Layer> {
  /**
   * Adds nodes that compute the layer.
   *
   * @return the output of the last node
   * @throws Refusal if ONNX cannot represent this layer at these sizes
   */
  Value write(L layer, NodeWriter n);
}
