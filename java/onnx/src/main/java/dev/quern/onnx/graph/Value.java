package dev.quern.onnx.graph;

/**
 * What the network computes.
 *
 * @param node of the network, or one of its inputs
 * @param dims ONNX's, the batch among them
 * @param type ONNX's number of the element type
 */
public record Value(String node, long[] dims, int type) implements Operand {
  /** Of another shape. */
  public Value as(long[] other) {
    return new Value(node, other, type);
  }

  /** Of another type. */
  public Value as(int other) {
    return new Value(node, dims, other);
  }
}
