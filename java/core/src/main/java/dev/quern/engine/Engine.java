package dev.quern.engine;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Cpu;
import dev.quern.internal.Memory;
import dev.quern.internal.NativeLibrary;
import dev.quern.internal.NativeRuntime;
import dev.quern.kernel.conv.Conv2dTuning;
import java.nio.file.Path;
import org.bytedeco.javacpp.Loader;

/** The native side as a whole: what it runs on, and how many threads it may use. Thread-safe. */
public final class Engine {
  private Engine() {}

  /**
   * What the native side is and runs on.
   *
   * @param cpu the processor's name where the system tells it, else its architecture
   * @param isa instruction set of our kernels: baseline, avx2, avx_vnni, avx512, avx512_vnni, amx,
   *     neon or neon_dot; forced by the environment variable QUERN_ISA
   * @param openblasCore the kernels that OpenBLAS uses
   * @param tuning whether the environment variable QUERN_TUNE has convolutions' implementations
   *     chosen by time rather than by a fixed order: {@code off}, or where the choices are kept
   * @param library the file of the native library
   * @param openblasLibrary the file of OpenBLAS
   * @param javacpp JavaCPP's version; empty where its jar does not say it
   * @param libc the C library and its version
   * @param memoryLimit bytes that the machine or container has in all: the least of the machine's
   *     memory and the limits of all control groups around this process, read now
   * @param memoryAvailable bytes of it that are free now; a twentieth of the limit stays free.
   *     {@link Long#MAX_VALUE} where the system does not say it
   * @param memoryHeld bytes that Quern holds off-heap now
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
   * What all threads together do at best.
   *
   * @param operations a second of fused multiply-adds of 32-bit floats in registers, a multiply-add
   *     as two; a matrix unit may do more
   * @param bytes a second that a copy of memory reads and writes, larger than a core's own caches
   */
  public record Speed(double operations, double bytes) {
    /**
     * @throws InvalidArgumentException if a number is not above 0, or infinite
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
   * Measures the machine with the threads that are set, for about 100 ms. What else runs on it
   * makes it slower.
   *
   * @throws dev.quern.error.MemoryLimitException if 64 MiB cannot be had
   */
  public static Speed speed() {
    NativeLibrary.require();
    double[] measured = NativeRuntime.speed();
    return new Speed(measured[0], measured[1]);
  }

  /**
   * Threads that each call may use, the calling one included. Process-wide; results do not depend
   * on it. Of n callers whose networks run at once each has an nth of them, its own at least. The
   * default is what the container grants. What was planned before goes on, with as many of them as
   * its memory has places for.
   *
   * @param threads 1 to 64
   */
  public static void setThreads(int threads) {
    NativeLibrary.require();
    NativeRuntime.setThreads(threads);
  }

  /**
   * The implementation that the calling thread's last native operator ran, as {@code
   * operator:name:isa}, for example {@code conv2d:im2col:avx512}; empty before the first.
   */
  public static String lastImplementation() {
    NativeLibrary.require();
    return NativeRuntime.lastImplementation();
  }
}
