package dev.quern.onnx.lower;

/** A function that converts the nodes of an operator to layers. */
interface Rule {
  /**
   * Adds layers for the node at {@code site}, and sets the node's outputs.
   *
   * @throws dev.quern.onnx.graph.Refusal if the node is not supported
   */
  void lower(Site site);
}
