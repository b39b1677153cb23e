package dev.quern.kernel.optim;

import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The native update step of an optimizer, with its descriptor and workspace. {@link #run} does not
 * allocate memory. Not thread-safe.
 */
public final class OptimizerStep implements AutoCloseable {
  private final OffHeap descriptor = DescriptorMemory.allocate();
  private final OptimizerKernel kernel;
  private OffHeap workspace;
  private Pointer scratch;

  /**
   * Creates the update step of an optimizer.
   *
   * @param optimizer an optimizer of {@code dev.quern.optim}
   */
  public OptimizerStep(Object optimizer) {
    kernel = OptimizerAccess.get().kernel(optimizer, descriptor.pointer(0));
  }

  /**
   * Enlarges the workspace for a parameter of this shape. Only Muon needs a workspace.
   *
   * @throws ShapeException if the optimizer does not support the shape: Muon requires a matrix or
   *     convolution filters
   */
  public void reserve(Shape shape) {
    long wanted = kernel.workspaceBytes(shape);
    if (wanted > bytes()) {
      closeWorkspace();
      workspace = new OffHeap(wanted, "workspace of an optimizer");
      scratch = workspace.pointer(0);
    }
  }

  /** Returns the size of the workspace in bytes. */
  public long bytes() {
    return workspace == null ? 0 : workspace.bytes();
  }

  /**
   * Updates one parameter; all optimizers except Muon accept several adjacent parameters at once.
   *
   * @param step number of the step, from 1
   * @param lrFactor factor of the learning rate, from the schedule
   * @param shape the shape of the parameter; {@link #reserve} must have been called with it
   * @param weight the parameter, updated in place
   * @param states the optimizer's states in the order of their names, updated in place
   */
  public void run(
      long step,
      double lrFactor,
      Shape shape,
      FloatPointer gradient,
      FloatPointer weight,
      FloatPointer[] states) {
    kernel.step(step, lrFactor, shape, gradient, weight, states, scratch, bytes());
  }

  private void closeWorkspace() {
    if (workspace != null) {
      workspace.close();
      workspace = null;
      scratch = null;
    }
  }

  @Override
  public void close() {
    closeWorkspace();
    descriptor.close();
  }
}
