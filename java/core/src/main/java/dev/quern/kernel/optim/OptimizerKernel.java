package dev.quern.kernel.optim;

import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The step of one optimizer. Native kernels do not allocate memory. */
public interface OptimizerKernel {
  /**
   * Returns the bytes of workspace for a parameter of this shape.
   *
   * @throws ShapeException if the optimizer does not support the shape
   */
  default long workspaceBytes(Shape weight) {
    return 0;
  }

  /**
   * Runs one step of one parameter; some optimizers accept several adjacent parameters at once.
   *
   * @param step the number of the step, 1 for the first
   * @param lrFactor the schedule's factor of the learning rate
   * @param shape the shape of the parameter
   * @param weight updated in place
   * @param states the optimizer's states in its order; updated in place
   * @param workspace null without a workspace
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
