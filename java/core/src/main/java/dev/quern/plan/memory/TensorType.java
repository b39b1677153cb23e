package dev.quern.plan.memory;

import dev.quern.kernel.Rearrangement;
import dev.quern.tensor.Shape;

/**
 * The memory layout of a value: {@code [batch][pixels][pitch]}. The first elements of each pixel
 * are its channels.
 *
 * @param element the type of an element
 * @param shape the shape of one sample
 * @param pixels H * W for an image or flattened image; 1 for C, H, W order
 * @param pitch the number of elements from one pixel to the next
 */
public record TensorType(ElementType element, Shape shape, long pixels, long pitch) {
  /** Returns a float32 type without gaps between pixels. */
  public static TensorType of(Shape shape, long pixels) {
    return new TensorType(ElementType.F32, shape, pixels, shape.elements() / pixels);
  }

  long channels() {
    return shape.elements() / pixels;
  }

  /** Returns whether the memory order differs from C, H, W order. */
  boolean permuted() {
    return pixels > 1 && channels() > 1;
  }

  /**
   * Returns whether each axis has a stride. This is true for all values except flattened images
   * with several pixels and channels.
   */
  public boolean isStrided() {
    return !permuted() || shape.rank() > 1 && shape.dim(0) == channels();
  }

  /** Returns the stride of each axis of a sample, in elements. */
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

  /** Returns this type with another element type, and without gaps between pixels. */
  public TensorType of(ElementType other) {
    return new TensorType(other, shape, pixels, channels());
  }

  /** Returns this type with another shape and the same memory layout. */
  TensorType reshaped(Shape to) {
    return new TensorType(element, to, pixels, pitch);
  }

  /**
   * Returns this type with another memory order, and without gaps between pixels.
   *
   * @param otherPixels the number of pixels of the new order
   */
  public TensorType ordered(long otherPixels) {
    return new TensorType(element, shape, otherPixels, shape.elements() / otherPixels);
  }

  /** Returns the size in bytes of {@code batch} samples. */
  public long bytes(long batch) {
    long rows = shape.batch(batch).elements() / channels();
    return Math.multiplyExact(Math.multiplyExact(rows, pitch), (long) element.bytes());
  }

  /** Returns the offset of a channel from the start of its pixel, in bytes. */
  public long offset(long channel) {
    return channel * element.bytes();
  }
}
