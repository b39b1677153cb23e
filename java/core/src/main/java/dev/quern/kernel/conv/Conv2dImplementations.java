package dev.quern.kernel.conv;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.NativeLibrary;
import java.util.ArrayList;
import java.util.List;

/**
 * The native convolution implementations, and the choice of one implementation for the current
 * thread.
 */
public final class Conv2dImplementations {
  /** Index for the default: a cost model and the order of the list select the implementation. */
  static final int NONE = -1;

  private static final ThreadLocal<Integer> FORCED = ThreadLocal.withInitial(() -> NONE);

  private Conv2dImplementations() {}

  /** Returns the names of all implementations, in order of preference. */
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
          "conv2d: implementation "
              + name
              + " is unknown, expected one of "
              + String.join(", ", names()));
    }
    return i;
  }

  static int forced() {
    return FORCED.get();
  }

  /** Forces an implementation on this thread; the returned task restores the previous setting. */
  public static Runnable force(String name) {
    int before = FORCED.get();
    FORCED.set(index(name));
    return () -> FORCED.set(before);
  }
}
