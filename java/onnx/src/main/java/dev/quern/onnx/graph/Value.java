package dev.quern.onnx.graph;

/**
 * A value that the network computes.
 *
 * @param node name of a node or an input of the network
 * @param dims ONNX's dimensions, including the batch
 * @param type ONNX's number of the element type
 */
public record Value(String node, long[] dims, int type) implements Operand {
  /** Returns this value with another shape. */
  public Value as(long[] other) {
    return new Value(node, other, type);
  }

  /** Returns this value with another type. */
  public Value as(int other) {
    return new Value(node, dims, other);
  }
}
