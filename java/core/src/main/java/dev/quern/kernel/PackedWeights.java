package dev.quern.kernel;

import java.util.function.LongFunction;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A kernel's weights in the order that it reads.
 *
 * @param packed what the passes take: opaque bytes, or the weights themselves where nothing needs
 *     packing
 */
public record PackedWeights(Packing kernel, FloatPointer weights, Pointer packed) {
  /**
   * Not packed yet.
   *
   * @param room gives memory of so many bytes, aligned to 64
   */
  public static PackedWeights of(Packing kernel, FloatPointer weights, LongFunction<Pointer> room) {
    long size = kernel.packedSize();
    return new PackedWeights(kernel, weights, size == 0 ? weights : room.apply(size));
  }

  /** Whether they are a copy, which {@link #pack} brings up to date. */
  public boolean isCopy() {
    return packed != weights;
  }

  /** Brings the copy up to date. */
  public PackedWeights pack() {
    if (isCopy()) {
      kernel.pack(weights, packed);
    }
    return this;
  }
}
