package dev.quern.onnx.lower;

/** How nodes of an operator become layers. */
interface Rule {
  /**
   * Adds the layers and gives the node's outputs.
   *
   * @throws dev.quern.onnx.graph.Refusal if they cannot be had
   */
  void lower(Site site);
}
