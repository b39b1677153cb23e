package dev.quern.kernel;

import dev.quern.bindings.Conv2dDescriptor;
import dev.quern.bindings.Quern;
import dev.quern.internal.Status;
import java.util.function.LongFunction;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/**
 * A convolution's weights in the order that its implementation reads.
 *
 * @param packed what the passes take: opaque bytes, or the weights themselves where the
 *     implementation packs for itself
 */
public record PackedConv2d(Conv2dDescriptor descriptor, FloatPointer weights, Pointer packed) {
  /**
   * Not packed yet.
   *
   * @param room gives memory of so many bytes, aligned to 64
   */
  public static PackedConv2d of(
      Conv2dDescriptor descriptor, FloatPointer weights, LongFunction<Pointer> room) {
    long[] size = new long[1];
    Status.check(Quern.quern_conv2d_packed_size(descriptor, size));
    return new PackedConv2d(descriptor, weights, size[0] == 0 ? weights : room.apply(size[0]));
  }

  /** Brings the copy up to date. */
  public PackedConv2d pack() {
    if (packed != weights) {
      Status.check(Quern.quern_conv2d_pack(descriptor, weights, packed));
    }
    return this;
  }
}
