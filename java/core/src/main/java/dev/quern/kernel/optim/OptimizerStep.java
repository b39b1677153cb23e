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
   * @param optimizer of {@code dev.quern.optim}
   */
  public OptimizerStep(Object optimizer) {
    kernel = OptimizerAccess.get().kernel(optimizer, descriptor.pointer(0));
  }

  /**
   * Grows the workspace to what a parameter of this shape needs; only Muon needs any.
   *
   * @throws ShapeException if Muon cannot take the shape as a matrix
   */
  public void reserve(Shape shape) {
    long wanted = kernel.workspaceBytes(shape);
    if (wanted > bytes()) {
      closeWorkspace();
      workspace = new OffHeap(wanted, "workspace of an optimizer");
      scratch = workspace.pointer(0);
    }
  }

  /** Bytes of workspace. */
  public long bytes() {
    return workspace == null ? 0 : workspace.bytes();
  }

  /**
   * One step of one parameter; all but Muon may take several at once that lie in one piece.
   *
   * @param step 1 for the first
   * @param lrFactor what the schedule multiplies the learning rate by
   * @param shape of the parameter, reserved before
   * @param weight changed
   * @param states the optimizer's arrays in the order of their names; changed
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
