package dev.quern.plan.memory;

import dev.quern.kernel.Rearrangement;
import dev.quern.tensor.Shape;

/**
 * The memory layout of a value: {@code [batch][pixels][pitch]}, where the first elements of each
 * pixel are its channels.
 *
 * @param shape the sample shape
 * @param pixels H * W for an image and a flattened image; 1 for C, H, W order
 * @param pitch the elements from one pixel to the next
 */
public record TensorType(ElementType element, Shape shape, long pixels, long pitch) {
  /** Returns a float32 type without gaps between pixels. */
  public static TensorType of(Shape shape, long pixels) {
    return new TensorType(ElementType.F32, shape, pixels, shape.elements() / pixels);
  }

  long channels() {
    return shape.elements() / pixels;
  }

  /** Returns whether the memory order differs from C, H, W. */
  boolean permuted() {
    return pixels > 1 && channels() > 1;
  }

  /**
   * Returns whether each axis has a stride, which is true for all values except flattened images.
   */
  public boolean isStrided() {
    return !permuted() || shape.rank() > 1 && shape.dim(0) == channels();
  }

  /** Returns the strides in elements along each axis of a sample. */
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

  /** Returns a type with equal shape and order, another element type, and no gaps. */
  public TensorType of(ElementType other) {
    return new TensorType(other, shape, pixels, channels());
  }

  /** Returns a type with equal layout and another shape. */
  TensorType reshaped(Shape to) {
    return new TensorType(element, to, pixels, pitch);
  }

  /** Returns a type with equal shape, another memory order, and no gaps. */
  public TensorType ordered(long otherPixels) {
    return new TensorType(element, shape, otherPixels, shape.elements() / otherPixels);
  }

  /** Returns the bytes of a number of samples. */
  public long bytes(long batch) {
    long rows = shape.batch(batch).elements() / channels();
    return Math.multiplyExact(Math.multiplyExact(rows, pitch), (long) element.bytes());
  }

  /** Returns the bytes from a sample's beginning to this channel of its first pixel. */
  public long offset(long channel) {
    return channel * element.bytes();
  }
}
