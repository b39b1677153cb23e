package dev.quern.kernel;

import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.FloatPointer;

/** The sum of two values; the output may be either's memory. */
public final class AddKernel {
  private AddKernel() {}

  public static void forward(long n, FloatPointer a, FloatPointer b, FloatPointer dst) {
    Status.check(Quern.quern_add(n, a, b, dst));
  }
}
