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
   *     avx512_bf16, amx, neon, neon_dot or neon_bf16; the environment variable QUERN_ISA can force
   *     a particular set
   * @param openblasCore name of the kernels that OpenBLAS uses
   * @param tuning autotuning of convolutions (QUERN_TUNE): {@code off}, or the location of the
   *     cached choices
   * @param library the file of the native library
   * @param openblasLibrary the file of OpenBLAS
   * @param javacpp JavaCPP's version; empty if JavaCPP's jar does not contain a version
   * @param libc the C library and its version
   * @param memoryLimit total bytes of the machine or container: the minimum of the machine's memory
   *     and the limits of all control groups that contain this process
   * @param memoryAvailable bytes that are currently available, including a headroom that Quern does
   *     not use; {@link Long#MAX_VALUE} if the system does not report the number
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
   * @param operations float32 operations per second, measured with fused multiply-adds in
   *     registers, which count as two operations each; matrix units such as AMX may be faster
   * @param bytes bytes read and written per second while copying memory larger than a core's caches
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
   * Sets the number of threads that each call may use, including the calling thread. The setting is
   * process-wide and does not change results. If n callers run networks concurrently, each caller
   * uses 1/n of the threads, but at least its own thread. The default is the number of processors
   * of the container. Existing plans remain valid and use at most the number of threads that was
   * set when they were created.
   *
   * @param threads number of threads, 1 to 64
   */
  public static void setThreads(int threads) {
    NativeLibrary.require();
    NativeRuntime.setThreads(threads);
  }

  /**
   * Returns the implementation that the calling thread's last native operator used, as {@code
   * operator:name:isa}, for example {@code conv2d:im2col:avx512}; empty before the first operator.
   */
  public static String lastImplementation() {
    NativeLibrary.require();
    return NativeRuntime.lastImplementation();
  }
}
