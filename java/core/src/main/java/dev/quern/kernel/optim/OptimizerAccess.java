package dev.quern.kernel.optim;

import dev.quern.kernel.DescriptorMemory;
import org.bytedeco.javacpp.Pointer;

/**
 * Opens what users must not see of optimizers, their kernels, to the trainer. It knows optimizers
 * as objects only, since their package stands on this one.
 */
public abstract class OptimizerAccess {
  private static OptimizerAccess instance;

  public static synchronized void set(OptimizerAccess access) {
    instance = access;
  }

  static synchronized OptimizerAccess get() {
    return instance;
  }

  /** The optimizer, with the answers of one of the user's own asked for and checked. */
  public static Object asked(Object optimizer) {
    return get().askedOnce(optimizer);
  }

  protected abstract Object askedOnce(Object optimizer);

  /**
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   */
  public abstract OptimizerKernel kernel(Object optimizer, Pointer at);
}
