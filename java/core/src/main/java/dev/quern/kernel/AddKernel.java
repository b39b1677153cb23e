package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/** Elementwise sum of two tensors; the output may share memory with either input. */
public final class AddKernel {
  private AddKernel() {}

  public static void forward(long n, Pointer a, Pointer b, Pointer dst) {
    Status.check(Quern.quern_add(Quern.QUERN_F32, n, a, b, dst));
  }
}
