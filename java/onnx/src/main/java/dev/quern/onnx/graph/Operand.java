package dev.quern.onnx.graph;

/** An input of a node: a constant known at import, or a value that the network computes. */
public sealed interface Operand permits Const, Value {
  /** Returns ONNX's dimensions, including the batch. */
  long[] dims();

  /** Returns ONNX's number of the element type. */
  int type();

  default int rank() {
    return dims().length;
  }

  default long elements() {
    return Dims.elements(dims());
  }
}
