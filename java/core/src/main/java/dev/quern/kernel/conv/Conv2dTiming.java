package dev.quern.kernel.conv;

import dev.quern.bindings.Conv2dDescriptor;
import dev.quern.internal.OffHeap;
import dev.quern.internal.Philox;
import dev.quern.kernel.PackedWeights;
import dev.quern.kernel.Scratch;
import dev.quern.kernel.conv.Conv2dTuning.Pass;
import java.util.Arrays;
import java.util.Set;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * Times a convolution's implementations on random data. Modifies the kernel's settings, which
 * {@link #close} resets.
 */
final class Conv2dTiming implements AutoCloseable {
  private static final String WHAT = "measuring a convolution";

  /**
   * Maximum batch size of a timed call, enough work for all threads; large convolutions use less.
   */
  private static final long BATCH = 32;

  private static final long MULTIPLY_ADDS = 1L << 28;
  private static final long ELEMENTS = 1L << 23;

  /** Number of timed calls after a warm-up call; their median is the result. */
  private static final int RUNS = 5;

  /** Duration of the first call, in seconds, above which it is not repeated. */
  private static final double LONG = 0.25;

  /** Multiple of the best time above which an implementation is not timed further. */
  private static final double HOPELESS = 3;

  private final Conv2dKernel conv;
  private final long batchBefore;

  /** One block for all tensors, so that either all of them are allocated or none. */
  private final OffHeap memory;

  private final FloatPointer src;
  private final FloatPointer dst;
  private final FloatPointer weights;
  private final FloatPointer diffSrc;
  private final FloatPointer diffWeights;

  Conv2dTiming(Conv2dKernel conv) {
    this.conv = conv;
    Conv2dDescriptor d = conv.descriptor;
    batchBefore = conv.batch();
    long in = d.in_channels() * d.in_height() * d.in_width();
    long out = d.out_channels() * outHeight(d) * outWidth(d);
    long depth = d.in_channels() / d.groups() * d.kernel_height() * d.kernel_width();
    double most =
        Math.min(MULTIPLY_ADDS / ((double) out * depth), ELEMENTS / (double) (2 * in + out));
    long batch = Math.max(1, Math.min(BATCH, (long) most));
    long[] floats = {batch * in, batch * out, d.out_channels() * depth};
    long[] bytes = new long[3];
    Arrays.setAll(bytes, i -> Math.multiplyExact((floats[i] + 15) / 16, 64L));
    memory = new OffHeap(2 * bytes[0] + bytes[1] + 2 * bytes[2], WHAT);
    src = filled(0, floats[0]);
    dst = filled(bytes[0], floats[1]);
    weights = filled(bytes[0] + bytes[1], floats[2]);
    diffSrc = memory.floats(bytes[0] + bytes[1] + bytes[2]);
    diffWeights = memory.floats(2 * bytes[0] + bytes[1] + bytes[2]);
    conv.batch(batch);
  }

  private static long outHeight(Conv2dDescriptor d) {
    long window = d.dilation_height() * (d.kernel_height() - 1) + 1;
    return (d.in_height() + 2 * d.padding_height() - window) / d.stride_height() + 1;
  }

  private static long outWidth(Conv2dDescriptor d) {
    long window = d.dilation_width() * (d.kernel_width() - 1) + 1;
    return (d.in_width() + 2 * d.padding_width() - window) / d.stride_width() + 1;
  }

  /**
   * Fills memory with numbers in [-1, 1): zeros, infinities and subnormals would distort the times.
   */
  private FloatPointer filled(long offset, long floats) {
    float[] some = new float[(int) Math.min(floats, 1 << 13)];
    for (int i = 0; i < some.length; i++) {
      some[i] = 2 * Philox.uniform(1, Philox.Stream.SYNTHETIC, 0, i) - 1;
    }
    for (long at = 0; at < floats; at += some.length) {
      memory
          .floats(offset + Float.BYTES * at)
          .put(some, 0, (int) Math.min(some.length, floats - at));
    }
    return memory.floats(offset);
  }

  /**
   * Returns the sum of the passes' median times in seconds.
   *
   * @param best the best time so far; if the sum exceeds a multiple of {@code best}, the result is
   *     infinity
   */
  double seconds(int implementation, Set<Pass> passes, double best) {
    long size = conv.implementation(implementation).workspaceBytes();
    try (Scratch scratch = new Scratch()) {
      Pointer w = PackedWeights.of(conv, weights, scratch::bytes).pack().packed();
      OffHeap workspace = scratch.block(size);
      double sum = 0;
      for (Pass pass : passes) {
        sum += median(() -> run(pass, w, workspace.pointer(0), workspace.bytes()), HOPELESS * best);
        if (sum > HOPELESS * best) {
          return Double.POSITIVE_INFINITY;
        }
      }
      return sum;
    }
  }

  private static double median(Runnable call, double most) {
    double first = once(call);
    if (first > LONG || first > most) {
      return first;
    }
    double[] all = new double[RUNS];
    Arrays.setAll(all, i -> once(call));
    Arrays.sort(all);
    return all[RUNS / 2];
  }

  private static double once(Runnable call) {
    long start = System.nanoTime();
    call.run();
    return (System.nanoTime() - start) * 1e-9;
  }

  private void run(Pass pass, Pointer packed, Pointer space, long bytes) {
    switch (pass) {
      case FORWARD -> conv.forward(src, packed, null, null, dst, space, bytes);
      case BACKWARD_DATA -> conv.backwardData(dst, packed, diffSrc, space, bytes);
      case BACKWARD_WEIGHTS -> conv.backwardWeights(src, dst, diffWeights, null, space, bytes);
    }
  }

  @Override
  public void close() {
    conv.batch(batchBefore);
    conv.implementation(Conv2dImplementations.NONE);
    memory.close();
  }
}
