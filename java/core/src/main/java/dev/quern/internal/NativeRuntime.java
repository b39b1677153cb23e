package dev.quern.internal;

import dev.quern.bindings.Quern;
import org.bytedeco.javacpp.DoublePointer;

/** Properties and threads of the native library, which {@link NativeLibrary} must have loaded. */
public final class NativeRuntime {
  private NativeRuntime() {}

  /**
   * Initializes the native library.
   *
   * @param isaOrNull the instruction set to force; null for the best one that the processor
   *     supports
   */
  static void init(String openblasPath, String isaOrNull) {
    Status.check(Quern.quern_init(openblasPath, isaOrNull));
  }

  public static String version() {
    return Quern.quern_version().getString();
  }

  public static String isa() {
    return Quern.quern_isa().getString();
  }

  public static String isaReason() {
    return Quern.quern_isa_reason().getString();
  }

  public static String openblasConfig() {
    return Quern.quern_openblas_config().getString();
  }

  public static String openblasCore() {
    return Quern.quern_openblas_core().getString();
  }

  /** Returns the name and version of the C library. */
  public static String libc() {
    return Quern.quern_libc().getString();
  }

  public static int threads() {
    return Quern.quern_threads();
  }

  public static void setThreads(int threads) {
    Status.check(Quern.quern_set_threads(threads));
  }

  /**
   * Begins a call that shares the native threads equally with concurrent calls, until {@link
   * #endShare}.
   */
  public static void beginShare() {
    Quern.quern_share_begin();
  }

  public static void endShare() {
    Quern.quern_share_end();
  }

  /** Measures the peak speed of all threads; returns operations per second and bytes per second. */
  public static double[] speed() {
    try (OffHeap memory = new OffHeap(2 * Double.BYTES, "speed")) {
      DoublePointer operations = memory.doubles(0);
      DoublePointer bytes = memory.doubles(Double.BYTES);
      Status.check(Quern.quern_speed(operations, bytes));
      return new double[] {operations.get(), bytes.get()};
    }
  }

  /**
   * Returns the implementation that the calling thread's last operator used; empty before the first
   * operator.
   */
  public static String lastImplementation() {
    return Quern.quern_last_implementation().getString();
  }
}
