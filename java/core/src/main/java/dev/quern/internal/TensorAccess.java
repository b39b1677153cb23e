package dev.quern.internal;

import org.bytedeco.javacpp.FloatPointer;

/**
 * Gives operators in other packages access to internals of tensors and arenas. Tensors and arenas
 * have the type {@code Object} here, because the package of tensors depends on this package.
 */
public abstract class TensorAccess {
  private static TensorAccess instance;

  public static synchronized void set(TensorAccess access) {
    instance = access;
  }

  public static synchronized TensorAccess get() {
    return instance;
  }

  /**
   * Returns a pointer to the memory of a tensor. The pointer is valid while the caller has entered
   * the {@link Usage} of the tensor's arena.
   */
  public abstract FloatPointer pointer(Object tensor);

  public abstract Usage usage(Object arena);
}
