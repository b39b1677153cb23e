package dev.quern.onnx.graph;

/**
 * A value that the network computes.
 *
 * @param node the name of the node that computes the value, or of the network's input
 * @param dims the dimensions as in ONNX, including the batch
 * @param type the number by which ONNX identifies the element type
 */
public record Value(String node, long[] dims, int type) implements Operand {
  /** Returns the same value with other dimensions. */
  public Value as(long[] other) {
    return new Value(node, other, type);
  }

  /** Returns the same value with another element type. */
  public Value as(int other) {
    return new Value(node, dims, other);
  }
}
