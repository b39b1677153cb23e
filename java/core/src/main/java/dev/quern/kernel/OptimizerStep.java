package dev.quern.kernel;

import dev.quern.bindings.AdamDescriptor;
import dev.quern.bindings.MuonDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.bindings.RmsPropDescriptor;
import dev.quern.bindings.SgdDescriptor;
import dev.quern.error.ShapeException;
import dev.quern.internal.Block;
import dev.quern.internal.Status;
import dev.quern.optim.Adam;
import dev.quern.optim.AdamW;
import dev.quern.optim.Muon;
import dev.quern.optim.Optimizer;
import dev.quern.optim.RmsProp;
import dev.quern.optim.Sgd;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * The native step of one optimizer, with its descriptor and workspace. {@link #run} allocates
 * nothing. Not thread-safe.
 */
public final class OptimizerStep implements AutoCloseable {
  private final Optimizer optimizer;
  private final Block block = new Block(Descriptors.BYTES, "descriptor");

  // one of them is the optimizer's, in the same memory
  private final SgdDescriptor sgd = new SgdDescriptor(block.pointer(0));
  private final AdamDescriptor adam = new AdamDescriptor(block.pointer(0));
  private final RmsPropDescriptor rmsProp = new RmsPropDescriptor(block.pointer(0));
  private final MuonDescriptor muon = new MuonDescriptor(block.pointer(0));
  private Block workspace;
  private Pointer scratch;

  public OptimizerStep(Optimizer optimizer) {
    this.optimizer = optimizer;
  }

  /**
   * Grows the workspace to what a parameter of this shape needs; only Muon needs any.
   *
   * @throws ShapeException if Muon cannot take the shape as a matrix
   */
  public void reserve(Shape shape) {
    if (!(optimizer instanceof Muon m)) {
      return;
    }
    if (shape.rank() < 2) {
      throw new ShapeException("muon: weight " + shape + " is no matrix and no filters");
    }
    if (shape.elements() == 0) {
      return;
    }
    long[] bytes = new long[1];
    Status.check(Quern.quern_muon_workspace(Descriptors.muon(muon, m, 1, shape), bytes));
    if (bytes[0] > bytes()) {
      closeWorkspace();
      workspace = new Block(bytes[0], "workspace of muon");
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
    if (optimizer instanceof Sgd s) {
      FloatPointer velocity = states.length == 0 ? null : states[0];
      Status.check(
          Quern.quern_sgd_step(
              Descriptors.sgd(sgd, s, lrFactor, step == 1), n, gradient, weight, velocity));
    } else if (optimizer instanceof Adam a) {
      adam(Descriptors.adam(adam, a, lrFactor, step), n, gradient, weight, states);
    } else if (optimizer instanceof AdamW a) {
      adam(Descriptors.adamW(adam, a, lrFactor, step), n, gradient, weight, states);
    } else if (optimizer instanceof RmsProp r) {
      FloatPointer velocity = r.momentum() > 0 ? states[1] : null;
      FloatPointer average = r.centered() ? states[states.length - 1] : null;
      Status.check(
          Quern.quern_rmsprop_step(
              Descriptors.rmsProp(rmsProp, r, lrFactor),
              n,
              gradient,
              weight,
              states[0],
              velocity,
              average));
    } else if (n > 0) {
      Status.check(
          Quern.quern_muon_step(
              Descriptors.muon(muon, (Muon) optimizer, lrFactor, shape),
              gradient,
              weight,
              states[0],
              scratch,
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
      scratch = null;
    }
  }

  @Override
  public void close() {
    closeWorkspace();
    block.close();
  }
}
