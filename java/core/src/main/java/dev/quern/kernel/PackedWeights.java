package dev.quern.kernel;

import java.util.function.LongFunction;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A kernel's weights in the order that it reads.
 *
 * @param packed the data that passes read: opaque bytes, or the weights themselves if they need no
 *     packing
 */
public record PackedWeights(Packing kernel, FloatPointer weights, Pointer packed) {
  /**
   * Creates weights that are not packed yet.
   *
   * @param room allocates memory of a number of bytes, aligned to 64
   */
  public static PackedWeights of(Packing kernel, FloatPointer weights, LongFunction<Pointer> room) {
    long size = kernel.packedSize();
    return new PackedWeights(kernel, weights, size == 0 ? weights : room.apply(size));
  }

  /** Returns whether packed weights are a copy, which {@link #pack} updates. */
  public boolean isCopy() {
    return packed != weights;
  }

  /** Updates the copy and returns this. */
  public PackedWeights pack() {
    if (isCopy()) {
      kernel.pack(weights, packed);
    }
    return this;
  }
}
