package dev.quern.plan.load;

import dev.quern.feed.Mixing;
import dev.quern.internal.OffHeap;
import dev.quern.kernel.StridedCopyKernel;
import dev.quern.kernel.optim.VectorKernel;
import dev.quern.tensor.Shape;
import org.bytedeco.javacpp.Pointer;

/**
 * Applies mixup or cutmix to the samples of a batch in the plan's memory: each sample is mixed with
 * the preceding sample, and the first sample with the last. Allocates memory for one more sample.
 * Not thread-safe.
 */
public final class MixStage implements AutoCloseable {
  private final Shape image;
  private final boolean planes;

  /** A copy of the batch's last sample before mixing; null until the first batch. */
  private OffHeap last;

  /**
   * Creates the stage.
   *
   * @param image shape of a sample, {@code [C, H, W]}
   * @param planes whether samples are in C, H, W order
   */
  public MixStage(Shape image, boolean planes) {
    this.image = image;
    this.planes = planes;
  }

  /**
   * Mixes {@code n} samples in place.
   *
   * @param at the offset of the first sample in {@code slab}, in bytes
   */
  public void run(Mixing m, int n, OffHeap slab, long at) {
    if (n < 2 || m.own() == 1) {
      return;
    }
    long bytes = Float.BYTES * image.elements();
    if (last == null) {
      last = new OffHeap(bytes, "mixed samples", image);
    }
    Pointer.memcpy(last.pointer(0), slab.pointer(at + (n - 1) * bytes), bytes);
    for (int i = n - 1; i > 0; i--) { // backward, so that the preceding sample is still unmixed
      mix(m, slab, at + (i - 1) * bytes, slab, at + i * bytes);
    }
    mix(m, last, 0, slab, at);
  }

  private void mix(Mixing m, OffHeap from, long other, OffHeap slab, long at) {
    if (!m.isBox()) {
      VectorKernel.lerp(image.elements(), 1 - m.own(), from.floats(other), slab.floats(at));
      return;
    }
    long channels = image.dim(0);
    long width = image.dim(2);
    long first = Float.BYTES * (m.top() * width + m.left()) * (planes ? 1 : channels);
    long[] sizes =
        planes
            ? new long[] {channels, m.rows(), m.columns()}
            : new long[] {1, m.rows(), m.columns() * channels};
    long[] strides = {image.dim(1) * width, planes ? width : width * channels, 1};
    new StridedCopyKernel(sizes, strides, strides)
        .forward(from.pointer(other + first), slab.pointer(at + first));
  }

  @Override
  public void close() {
    if (last != null) {
      last.close();
      last = null;
    }
  }
}
