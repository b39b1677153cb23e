package dev.quern.engine;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Cpu;
import dev.quern.internal.Memory;
import dev.quern.internal.NativeLibrary;
import dev.quern.internal.NativeRuntime;
import dev.quern.kernel.conv.Conv2dTuning;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;

/**
 * Settings and properties of the native library: processor, number of threads, peak speed.
 * Thread-safe.
 */
public final class Engine {
  private Engine() {}

  /**
   * Facts about the native library and its platform.
   *
   * @param cpu the processor's name if the system reports it, otherwise its architecture
   * @param isa instruction set of Quern's kernels: baseline, avx2, avx_vnni, avx512, avx512_vnni,
   *     amx, neon or neon_dot; forced by the environment variable QUERN_ISA
   * @param openblasCore the kernels that OpenBLAS uses
   * @param tuning whether QUERN_TUNE selects the implementations of convolutions by time instead of
   *     a fixed order: {@code off}, or the location of the cached choices
   * @param library the file of the native library
   * @param openblasLibrary the file of OpenBLAS
   * @param javacpp JavaCPP's version; empty if its jar does not contain it
   * @param libc the C library and its version
   * @param memoryLimit current total bytes of the machine or container: the minimum of the
   *     machine's memory and the limits of all control groups around this process
   * @param memoryAvailable currently free bytes, of which a twentieth of the limit is kept free;
   *     {@link Long#MAX_VALUE} if the system does not report it
   * @param memoryHeld off-heap bytes that Quern currently uses
   */
  public record Info(
      String version,
      String platform,
      String cpu,
      String isa,
      String isaReason,
      int threads,
      String openblasConfig,
      String openblasCore,
      String tuning,
      Path library,
      Path openblasLibrary,
      String javacpp,
      String libc,
      long memoryLimit,
      long memoryAvailable,
      long memoryHeld) {}

  /**
   * Peak performance of all threads together.
   *
   * @param operations operations per second of fused multiply-adds of 32-bit floats in registers, a
   *     multiply-add counting as two; a matrix unit may do more
   * @param bytes bytes per second that a copy of memory larger than a core's caches reads and
   *     writes
   */
  public record Speed(double operations, double bytes) {
    /**
     * Checks the arguments.
     *
     * @throws InvalidArgumentException if a number is not positive or not finite
     */
    public Speed {
      require("operations", operations);
      require("bytes", bytes);
    }

    private static void require(String what, double value) {
      if (!(value > 0) || Double.isInfinite(value)) {
        throw new InvalidArgumentException(
            "speed: " + what + " " + value + " is not a number above 0");
      }
    }
  }

  /**
   * Returns facts about the native library and its platform.
   *
   * @throws dev.quern.error.NativeException if the native library or OpenBLAS cannot be loaded
   * @throws dev.quern.error.InvalidArgumentException if QUERN_TUNE is not 0, 1 or empty
   */
  public static Info info() {
    NativeLibrary.require();
    return new Info(
        NativeRuntime.version(),
        Loader.getPlatform(),
        Cpu.name(),
        NativeRuntime.isa(),
        NativeRuntime.isaReason(),
        NativeRuntime.threads(),
        NativeRuntime.openblasConfig(),
        NativeRuntime.openblasCore(),
        Conv2dTuning.describe(),
        NativeLibrary.file(),
        NativeLibrary.openblasFile(),
        NativeLibrary.javacppVersion(),
        NativeRuntime.libc(),
        Memory.limit(),
        Memory.available(),
        Memory.live());
  }

  /**
   * Measures the machine with the current number of threads, for about 100 ms. Other load on the
   * machine lowers the result.
   *
   * @throws dev.quern.error.MemoryLimitException if 64 MiB cannot be allocated
   */
  public static Speed speed() {
    NativeLibrary.require();
    double[] measured = NativeRuntime.speed();
    return new Speed(measured[0], measured[1]);
  }

  /**
   * Sets the number of threads that each call may use, including the calling one. Process-wide;
   * results do not depend on it. If n callers run networks concurrently, each uses 1/n of the
   * threads, and at least the calling thread. The default is the number of processors of the
   * container. Existing plans keep working and use at most the number of threads for which their
   * memory was planned.
   *
   * @param threads 1 to 64
   */
  public static void setThreads(int threads) {
    NativeLibrary.require();
    NativeRuntime.setThreads(threads);
  }

  /**
   * Returns the implementation of the native operator that the calling thread ran last, as {@code
   * operator:name:isa}, for example {@code conv2d:im2col:avx512}; empty before the first one.
   */
  public static String lastImplementation() {
    NativeLibrary.require();
    return NativeRuntime.lastImplementation();
  }
}
