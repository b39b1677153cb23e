package dev.quern.onnx.graph;

/** An input of a node: numbers known at import, or a value that the network computes. */
public sealed interface Operand permits Const, Value {
  /** ONNX's dimensions, the batch among them. */
  long[] dims();

  /** ONNX's number of the element type. */
  int type();

  default int rank() {
    return dims().length;
  }

  default long elements() {
    return Dims.elements(dims());
  }
}
