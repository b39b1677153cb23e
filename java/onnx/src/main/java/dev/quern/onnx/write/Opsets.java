package dev.quern.onnx.write;

import dev.quern.error.InvalidArgumentException;

/** The versions of ONNX's operators that are written. */
public final class Opsets {
  /**
   * The first that takes axes of Squeeze and Unsqueeze as inputs, and has Softmax over one axis.
   */
  public static final int OLDEST = 13;

  /** The version that most runtimes support. */
  public static final int DEFAULT = 17;

  /**
   * The version of ONNX 1.18; versions after 22 change only types in the operators that are
   * written.
   */
  public static final int NEWEST = 23;

  /** The version of the file's form that came with each opset, from 13 on. */
  private static final int[] IR = {7, 7, 8, 8, 8, 8, 9, 9, 10, 10, 11};

  private Opsets() {}

  /**
   * @throws InvalidArgumentException if it is too old or not known
   */
  public static int require(int opset) {
    if (opset < OLDEST || opset > NEWEST) {
      throw new InvalidArgumentException(
          "onnx: opset " + opset + " is outside [" + OLDEST + ", " + NEWEST + "]");
    }
    return opset;
  }

  static int ir(int opset) {
    return IR[opset - OLDEST];
  }
}
