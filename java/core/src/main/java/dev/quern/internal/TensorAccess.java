package dev.quern.internal;

import dev.quern.Arena;
import dev.quern.Tensor;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Opens what users must not see of {@link Tensor} and {@link Arena} to the operators in other
 * packages.
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
  public abstract FloatPointer pointer(Tensor tensor);

  public abstract Usage usage(Arena arena);
}
