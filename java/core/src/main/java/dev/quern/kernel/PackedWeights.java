package dev.quern.kernel;

import java.util.function.LongFunction;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A kernel's weights in the memory layout that the kernel reads.
 *
 * @param packed the memory that passes read: a packed copy, or {@code weights} if the kernel does
 *     not pack
 */
public record PackedWeights(Packing kernel, FloatPointer weights, Pointer packed) {
  /**
   * Allocates memory for packed weights; {@link #pack} fills it.
   *
   * @param room a function that allocates the given number of bytes, aligned to 64
   */
  public static PackedWeights of(Packing kernel, FloatPointer weights, LongFunction<Pointer> room) {
    long size = kernel.packedSize();
    return new PackedWeights(kernel, weights, size == 0 ? weights : room.apply(size));
  }

  /** Returns whether the packed weights are a copy that {@link #pack} must update. */
  public boolean isCopy() {
    return packed != weights;
  }

  /** Packs the current weights, if there is a copy, and returns this. */
  public PackedWeights pack() {
    if (isCopy()) {
      kernel.pack(weights, packed);
    }
    return this;
  }
}
