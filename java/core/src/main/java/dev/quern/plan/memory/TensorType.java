package dev.quern.plan.memory;

import dev.quern.kernel.Rearrangement;
import dev.quern.tensor.Shape;

/**
 * How a value lies in memory: {@code [batch][pixels][pitch]}, of which each pixel's first numbers
 * are its channels.
 *
 * @param shape one sample's
 * @param pixels H * W of an image, and of an image that was flattened; 1 where the memory order is
 *     the callers' C, H, W
 * @param pitch elements from one pixel to the next
 */
public record TensorType(ElementType element, Shape shape, long pixels, long pitch) {
  /** A float32 type without gaps between pixels. */
  public static TensorType of(Shape shape, long pixels) {
    return new TensorType(ElementType.F32, shape, pixels, shape.elements() / pixels);
  }

  long channels() {
    return shape.elements() / pixels;
  }

  /** Whether memory order differs from the callers' C, H, W. */
  boolean permuted() {
    return pixels > 1 && channels() > 1;
  }

  /** Whether each axis has a stride: of all but an image that was flattened. */
  public boolean isStrided() {
    return !permuted() || shape.rank() > 1 && shape.dim(0) == channels();
  }

  /** Elements from one number of a sample to the next along each axis. */
  public long[] strides() {
    long[] strides = Rearrangement.strides(shape);
    if (permuted()) {
      strides[0] = 1;
      for (int axis = 1; axis < strides.length; axis++) {
        strides[axis] *= pitch;
      }
    }
    return strides;
  }

  /** The same shape and order of other elements, without gaps. */
  public TensorType of(ElementType other) {
    return new TensorType(other, shape, pixels, channels());
  }

  /** The same memory by another shape. */
  TensorType reshaped(Shape to) {
    return new TensorType(element, to, pixels, pitch);
  }

  /** The same shape without gaps in another memory order. */
  public TensorType ordered(long otherPixels) {
    return new TensorType(element, shape, otherPixels, shape.elements() / otherPixels);
  }

  /** Bytes of so many samples. */
  public long bytes(long batch) {
    long rows = shape.batch(batch).elements() / channels();
    return Math.multiplyExact(Math.multiplyExact(rows, pitch), (long) element.bytes());
  }

  /** Bytes from a sample's beginning to this channel of its first pixel. */
  public long offset(long channel) {
    return channel * element.bytes();
  }
}
