package dev.quern.onnx.write;

import dev.quern.layer.Layer;
import dev.quern.onnx.graph.Refusal;

/** How layers of a class become nodes. */
@FunctionalInterface
interface LayerForm<L extends Layer> {
  /**
   * Adds the layer's nodes.
   *
   * @return what comes out of them
   * @throws Refusal if ONNX has no form of this layer at these sizes
   */
  Value write(L layer, NodeWriter n);
}
