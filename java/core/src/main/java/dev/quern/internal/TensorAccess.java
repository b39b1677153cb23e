package dev.quern.internal;

import org.bytedeco.javacpp.FloatPointer;

/**
 * Access to internals of tensors and arenas for operators in other packages. It knows both only as
 * objects, because their package depends on this one.
 */
public abstract class TensorAccess {
  private static TensorAccess instance;

  public static synchronized void set(TensorAccess access) {
    instance = access;
  }

  public static synchronized TensorAccess get() {
    return instance;
  }

  /** Valid while the caller is inside the tensor's arena. */
  public abstract FloatPointer pointer(Object tensor);

  public abstract Usage usage(Object arena);
}
