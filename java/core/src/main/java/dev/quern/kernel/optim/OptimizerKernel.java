package dev.quern.kernel.optim;

import dev.quern.error.ShapeException;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** The update step of an optimizer. Native kernels do not allocate memory. */
public interface OptimizerKernel {
  /**
   * Returns the workspace size in bytes for a parameter of this shape.
   *
   * @throws ShapeException if the optimizer does not support the shape
   */
  default long workspaceBytes(Shape weight) {
    return 0;
  }

  /**
   * Updates one parameter; some optimizers accept several adjacent parameters at once.
   *
   * @param step number of the step, from 1
   * @param lrFactor factor of the learning rate, from the schedule
   * @param shape the shape of the parameter
   * @param weight the parameter, updated in place
   * @param states the optimizer's states in the order of their names, updated in place
   * @param workspace memory whose size is {@link #workspaceBytes}; null if the size is 0
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
