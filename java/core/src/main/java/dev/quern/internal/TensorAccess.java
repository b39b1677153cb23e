package dev.quern.internal;

import org.bytedeco.javacpp.FloatPointer;

/**
 * Gives operators in other packages access to internals of tensors and arenas. Both have the type
 * {@code Object} here, because their package depends on this one.
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
   * Returns the memory of a tensor. It is valid while the caller has entered the {@link Usage} of
   * the tensor's arena.
   */
  public abstract FloatPointer pointer(Object tensor);

  public abstract Usage usage(Object arena);
}
