package dev.quern.onnx.write;

import dev.quern.layer.Layer;
import dev.quern.onnx.graph.Refusal;

/** Converts layers of a class to nodes. */
@FunctionalInterface
interface LayerForm<L extends Layer> {
  /**
   * Adds the layer's nodes.
   *
   * @return the nodes' output
   * @throws Refusal if ONNX has no form of this layer at these sizes
   */
  Value write(L layer, NodeWriter n);
}
