package dev.quern.onnx.run;

import dev.quern.onnx.graph.Const;

/**
 * A value that is known during a run.
 *
 * @param isFixed whether it is the same in every run, because it is computed from constants alone
 * @param isData whether it depends on the values of inputs, not only on their dimensions
 * @param isBound whether a network must read it as a constant
 */
record Known(Const value, boolean isFixed, boolean isData, boolean isBound) {
  Known(Const value, boolean isFixed, boolean isData) {
    this(value, isFixed, isData, false);
  }

  static Known fixed(Const value) {
    return new Known(value, true, false);
  }

  static Known data(Const value) {
    return new Known(value, false, true);
  }

  /** Returns the value as one that a network reads as a constant. */
  Known bound() {
    return new Known(value, isFixed, isData, true);
  }

  /** Returns whether a network can read the value as an input. */
  boolean isInput() {
    return isData && value.isFloat() && !isBound;
  }

  /** Returns whether only a single node can read the value: a network has no such inputs. */
  boolean isInteger() {
    return isData && !value.isFloat();
  }
}
