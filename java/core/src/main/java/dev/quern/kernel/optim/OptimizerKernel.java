package dev.quern.kernel.optim;

import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The step of one optimizer. The native ones allocate nothing. */
public interface OptimizerKernel {
  /**
   * Bytes of workspace that a parameter of this shape needs.
   *
   * @throws ShapeException if the optimizer cannot take the shape
   */
  default long workspaceBytes(Shape weight) {
    return 0;
  }

  /**
   * One step of one parameter; some may take several at once that lie in one piece.
   *
   * @param step 1 for the first
   * @param lrFactor what the schedule multiplies the learning rate by
   * @param shape of the parameter
   * @param weight changed
   * @param states the optimizer's arrays in its own order; changed
   * @param workspace null where there is none
   */
  void step(
      long step,
      double lrFactor,
      Shape shape,
      FloatPointer gradient,
      FloatPointer weight,
      FloatPointer[] states,
      Pointer workspace,
      long bytes);
}
