package dev.quern.onnx.lower;

/** Converts nodes of an operator to layers. */
interface Rule {
  /**
   * Adds the layers and sets the node's outputs.
   *
   * @throws dev.quern.onnx.graph.Refusal if the node is not supported
   */
  void lower(Site site);
}
