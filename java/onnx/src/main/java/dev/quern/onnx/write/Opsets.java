package dev.quern.onnx.write;

import dev.quern.error.InvalidArgumentException;

/** The opset versions that the exporter supports. */
public final class Opsets {
  /**
   * The oldest supported opset. It is the first in which the axes of Squeeze and Unsqueeze are
   * inputs and Softmax is over one axis.
   */
  public static final int OLDEST = 13;

  /** The default opset, which most runtimes support. */
  public static final int DEFAULT = 17;

  /**
   * The newest supported opset, that of ONNX 1.18. Later versions of the written operators differ
   * only in types.
   */
  public static final int NEWEST = 23;

  /** The IR version that was introduced with each opset, from opset 13 on. */
  private static final int[] IR = {7, 7, 8, 8, 8, 8, 9, 9, 10, 10, 11};

  private Opsets() {}

  /**
   * Checks that an opset is supported, and returns it.
   *
   * @throws InvalidArgumentException if the opset is outside [13, 23]
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
