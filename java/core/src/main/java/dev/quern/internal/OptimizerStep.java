package dev.quern.internal;

import dev.quern.Shape;
import dev.quern.bindings.Quern;
import dev.quern.optim.Optimizer;
import dev.quern.optim.Sgd;
import org.bytedeco.javacpp.FloatPointer;

/**
 * The native step of one optimizer, with its descriptor and workspace. {@link #run} allocates
 * nothing. Not thread-safe.
 */
public final class OptimizerStep implements AutoCloseable {
  private final Optimizer optimizer;
  private final Block descriptor = new Block(Descriptors.BYTES, "descriptor");

  public OptimizerStep(Optimizer optimizer) {
    this.optimizer = optimizer;
  }

  /** Grows the workspace to what a parameter of this shape needs; only Muon needs any. */
  public void reserve(Shape shape) {}

  /** Bytes of workspace. */
  public long bytes() {
    return 0;
  }

  /**
   * One step of one parameter; all but Muon may take several at once that lie in one piece.
   *
   * @param step 1 for the first
   * @param lrFactor what the schedule multiplies the learning rate by
   * @param shape of the parameter, reserved before
   * @param weight changed
   * @param states one a name of {@link Optimizer#states()}, in that order; changed
   */
  public void run(
      long step,
      double lrFactor,
      Shape shape,
      FloatPointer gradient,
      FloatPointer weight,
      FloatPointer[] states) {
    if (optimizer instanceof Sgd sgd) {
      Status.check(
          Quern.quern_sgd_step(
              Descriptors.sgd(descriptor.pointer(0), sgd, lrFactor, step == 1),
              shape.elements(),
              gradient,
              weight,
              states.length == 0 ? null : states[0]));
    } else {
      throw new UnsupportedOperationException(optimizer.type());
    }
  }

  @Override
  public void close() {
    descriptor.close();
  }
}
