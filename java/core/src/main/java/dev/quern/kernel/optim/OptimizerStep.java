package dev.quern.kernel.optim;

import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.DescriptorMemory;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The native step of one optimizer, with its descriptor and workspace. {@link #run} allocates
 * nothing. Not thread-safe.
 */
public final class OptimizerStep implements AutoCloseable {
  private final OffHeap descriptor = DescriptorMemory.allocate();
  private final OptimizerKernel kernel;
  private OffHeap workspace;
  private Pointer scratch;

  /**
   * Creates the step.
   *
   * @param optimizer an optimizer of {@code dev.quern.optim}
   */
  public OptimizerStep(Object optimizer) {
    kernel = OptimizerAccess.get().kernel(optimizer, descriptor.pointer(0));
  }

  /**
   * Grows the workspace for a parameter of this shape; only Muon needs one.
   *
   * @throws ShapeException if the shape is not a matrix for Muon
   */
  public void reserve(Shape shape) {
    long wanted = kernel.workspaceBytes(shape);
    if (wanted > bytes()) {
      closeWorkspace();
      workspace = new OffHeap(wanted, "workspace of an optimizer");
      scratch = workspace.pointer(0);
    }
  }

  /** Returns the bytes of workspace. */
  public long bytes() {
    return workspace == null ? 0 : workspace.bytes();
  }

  /**
   * Runs one step of one parameter; all optimizers except Muon accept several adjacent parameters
   * at once.
   *
   * @param step the number of the step, 1 for the first
   * @param lrFactor the schedule's factor of the learning rate
   * @param shape the shape of the parameter, for which {@link #reserve} was called
   * @param weight updated in place
   * @param states the optimizer's states in the order of their names; updated in place
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
