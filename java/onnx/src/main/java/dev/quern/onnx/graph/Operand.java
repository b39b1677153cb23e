package dev.quern.onnx.graph;

/** An input of a node: a constant that is known at import, or a value that the network computes. */
public sealed interface Operand permits Const, Value {
  /** Returns the dimensions as in ONNX, including the batch. */
  long[] dims();

  /** Returns the number by which ONNX identifies the element type. */
  int type();

  default int rank() {
    return dims().length;
  }

  default long elements() {
    return Dims.elements(dims());
  }
}
