package dev.quern.kernel.conv;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.NativeLibrary;
import java.util.ArrayList;
import java.util.List;

/**
 * The list of native convolution implementations, and the implementation that the current thread
 * forces.
 */
public final class Conv2dImplementations {
  /** The index of a convolution that uses the first implementation of the list that accepts it. */
  static final int NONE = -1;

  private static final ThreadLocal<Integer> FORCED = ThreadLocal.withInitial(() -> NONE);

  private Conv2dImplementations() {}

  /** Returns the names of the implementations, the preferred ones first. */
  public static List<String> names() {
    NativeLibrary.require();
    List<String> names = new ArrayList<>();
    for (String name; (name = Conv2dKernel.implementationName(names.size())) != null; ) {
      names.add(name);
    }
    return names;
  }

  public static int index(String name) {
    int i = names().indexOf(name);
    if (i < 0) {
      throw new InvalidArgumentException(
          "conv2d: implementation " + name + " is unknown, found " + String.join(", ", names()));
    }
    return i;
  }

  static int forced() {
    return FORCED.get();
  }

  /** Forces an implementation on this thread until the returned task runs. */
  public static Runnable force(String name) {
    int before = FORCED.get();
    FORCED.set(index(name));
    return () -> FORCED.set(before);
  }
}
