package dev.quern.kernel.optim;

import dev.quern.kernel.DescriptorMemory;
import org.bytedeco.javacpp.Pointer;

/**
 * Gives the trainer access to optimizer kernels, which are not public. Optimizers have the type
 * {@code Object} here, because their package depends on this one.
 */
public abstract class OptimizerAccess {
  private static OptimizerAccess instance;

  public static synchronized void set(OptimizerAccess access) {
    instance = access;
  }

  static synchronized OptimizerAccess get() {
    return instance;
  }

  /**
   * Returns the optimizer with checked properties; a custom optimizer's properties are read once.
   */
  public static Object asked(Object optimizer) {
    return get().askedOnce(optimizer);
  }

  protected abstract Object askedOnce(Object optimizer);

  /**
   * Returns the kernel of an optimizer.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   */
  public abstract OptimizerKernel kernel(Object optimizer, Pointer at);
}
