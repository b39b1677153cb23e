package dev.quern.kernel;

import java.util.function.LongFunction;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A kernel's weights in the order that it reads.
 *
 * @param floats what the passes take: the weights themselves where nothing needs packing
 */
public record PackedWeights(Packing kernel, FloatPointer weights, FloatPointer floats) {
  /**
   * Not packed yet.
   *
   * @param room gives memory of so many floats
   */
  public static PackedWeights of(
      Packing kernel, FloatPointer weights, LongFunction<FloatPointer> room) {
    long size = kernel.packedSize();
    return new PackedWeights(kernel, weights, size == 0 ? weights : room.apply(size));
  }

  /** Whether they are a copy, which {@link #pack} brings up to date. */
  public boolean isCopy() {
    return floats != weights;
  }

  /** Brings the copy up to date. */
  public PackedWeights pack() {
    if (isCopy()) {
      kernel.pack(weights, floats);
    }
    return this;
  }
}
