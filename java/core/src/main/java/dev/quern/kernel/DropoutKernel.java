package dev.quern.kernel;

import dev.quern.bindings.DropoutDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import org.bytedeco.javacpp.Pointer;

/**
 * Dropout of single elements or whole channels, forward and backward; input and output may share
 * memory.
 */
public final class DropoutKernel {
  private final DropoutDescriptor descriptor;

  /**
   * Creates the kernel; {@link #key} must be called before the first pass.
   *
   * @param at memory of the descriptor, see {@link DescriptorMemory}
   */
  public DropoutKernel(
      Pointer at, double p, boolean wholeChannels, long batch, long channels, long pixels) {
    descriptor =
        new DropoutDescriptor(at)
            .batch(batch)
            .channels(channels)
            .pixels(pixels)
            .whole_channels(wholeChannels ? 1 : 0)
            .p(p)
            .type(Quern.QUERN_F32);
  }

  /** Sets the batch size of the next passes. */
  public void batch(long n) {
    descriptor.batch(n);
  }

  /** Sets the key from which the next passes derive their random numbers. */
  public DropoutKernel key(long key) {
    descriptor.key(key);
    return this;
  }

  public void apply(Pointer src, Pointer dst) {
    Status.check(Quern.quern_dropout_apply(descriptor, src, dst));
  }
}
