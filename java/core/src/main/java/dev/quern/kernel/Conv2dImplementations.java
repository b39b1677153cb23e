package dev.quern.kernel;

import dev.quern.bindings.Conv2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.NativeLibrary;
import dev.quern.internal.Status;
import dev.quern.kernel.Conv2dTuning.Pass;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;

/** The native list of convolution implementations, and the one that the current thread forces. */
public final class Conv2dImplementations {
  /** Of a descriptor that leaves the choice to the list's order. */
  static final int NONE = -1;

  private static final ThreadLocal<Integer> FORCED = ThreadLocal.withInitial(() -> NONE);

  private Conv2dImplementations() {}

  /** Best first. */
  public static List<String> names() {
    NativeLibrary.require();
    List<String> names = new ArrayList<>();
    for (BytePointer p; (p = Quern.quern_conv2d_implementation(names.size())) != null; ) {
      names.add(p.getString());
    }
    return names;
  }

  public static int index(String name) {
    int i = names().indexOf(name);
    if (i < 0) {
      throw new InvalidArgumentException(
          "conv2d: there is no implementation "
              + name
              + "; there are "
              + String.join(", ", names()));
    }
    return i;
  }

  public static boolean accepts(Conv2dDescriptor d, Pass pass, int index) {
    return Quern.quern_conv2d_accepts(d, pass.code(), index) == Quern.QUERN_OK;
  }

  /**
   * The name of what runs this pass of the descriptor's batch: what it forces, or the default
   * choice, which may leave a batch of few pixels to another.
   */
  public static String chosen(Conv2dDescriptor d, Pass pass) {
    long[] index = new long[1];
    Status.check(Quern.quern_conv2d_chosen(d, pass.code(), index));
    return names().get((int) index[0]);
  }

  static int forced() {
    return FORCED.get();
  }

  /** Forces an implementation on this thread until the result is closed. */
  public static Runnable force(String name) {
    int before = FORCED.get();
    FORCED.set(index(name));
    return () -> FORCED.set(before);
  }
}
