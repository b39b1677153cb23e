package dev.quern.internal;

import dev.quern.Shape;
import dev.quern.bindings.AdamDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.error.ShapeException;
import dev.quern.optim.Adam;
import dev.quern.optim.AdamW;
import dev.quern.optim.Muon;
import dev.quern.optim.Optimizer;
import dev.quern.optim.RmsProp;
import dev.quern.optim.Sgd;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The native step of one optimizer, with its descriptor and workspace. {@link #run} allocates no
 * native memory. Not thread-safe.
 */
public final class OptimizerStep implements AutoCloseable {
  private final Optimizer optimizer;
  private final Block block = new Block(Descriptors.BYTES, "descriptor");
  private final Pointer descriptor = block.pointer(0);
  private Block workspace;

  public OptimizerStep(Optimizer optimizer) {
    this.optimizer = optimizer;
  }

  /**
   * Grows the workspace to what a parameter of this shape needs; only Muon needs any.
   *
   * @throws ShapeException if Muon cannot take the shape as a matrix
   */
  public void reserve(Shape shape) {
    if (!(optimizer instanceof Muon muon)) {
      return;
    }
    if (shape.rank() < 2) {
      throw new ShapeException("muon: weight " + shape + " is no matrix and no filters");
    }
    if (shape.elements() == 0) {
      return;
    }
    long[] bytes = new long[1];
    Status.check(Quern.quern_muon_workspace(Descriptors.muon(descriptor, muon, 1, shape), bytes));
    if (bytes[0] > bytes()) {
      closeWorkspace();
      workspace = new Block(bytes[0], "workspace of muon");
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
   * @param states one a name of {@link Optimizer#states()}, in that order; changed
   */
  public void run(
      long step,
      double lrFactor,
      Shape shape,
      FloatPointer gradient,
      FloatPointer weight,
      FloatPointer[] states) {
    long n = shape.elements();
    if (optimizer instanceof Sgd sgd) {
      FloatPointer velocity = states.length == 0 ? null : states[0];
      Status.check(
          Quern.quern_sgd_step(
              Descriptors.sgd(descriptor, sgd, lrFactor, step == 1),
              n,
              gradient,
              weight,
              velocity));
    } else if (optimizer instanceof Adam adam) {
      adam(Descriptors.adam(descriptor, adam, lrFactor, step), n, gradient, weight, states);
    } else if (optimizer instanceof AdamW adamW) {
      adam(Descriptors.adamW(descriptor, adamW, lrFactor, step), n, gradient, weight, states);
    } else if (optimizer instanceof RmsProp rmsProp) {
      FloatPointer velocity = rmsProp.momentum() > 0 ? states[1] : null;
      FloatPointer average = rmsProp.centered() ? states[states.length - 1] : null;
      Status.check(
          Quern.quern_rmsprop_step(
              Descriptors.rmsProp(descriptor, rmsProp, lrFactor),
              n,
              gradient,
              weight,
              states[0],
              velocity,
              average));
    } else if (n > 0) {
      Status.check(
          Quern.quern_muon_step(
              Descriptors.muon(descriptor, (Muon) optimizer, lrFactor, shape),
              gradient,
              weight,
              states[0],
              workspace == null ? null : workspace.pointer(0),
              bytes()));
    }
  }

  private static void adam(
      AdamDescriptor d, long n, FloatPointer gradient, FloatPointer weight, FloatPointer[] states) {
    FloatPointer largest = states.length > 2 ? states[2] : null;
    Status.check(Quern.quern_adam_step(d, n, gradient, weight, states[0], states[1], largest));
  }

  private void closeWorkspace() {
    if (workspace != null) {
      workspace.close();
      workspace = null;
    }
  }

  @Override
  public void close() {
    closeWorkspace();
    block.close();
  }
}
