package dev.quern.reference;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.MemoryLimitException;
import dev.quern.error.ShapeException;
import dev.quern.reference.internal.Require;
import dev.quern.tensor.Shape;
import java.util.function.Supplier;

/**
 * A dense array of doubles in row-major order: NCHW for images, OIHW for convolution weights,
 * {@code [out, in]} for linear weights. It only stores and indexes values; the operators do all
 * arithmetic. Mutable and not thread-safe.
 */
public final class NdArray {
  private final Shape shape;
  private final double[] values;

  /**
   * Creates an array of zeros.
   *
   * @throws InvalidArgumentException if the shape has more elements than a Java array can store
   * @throws MemoryLimitException if the JVM's heap is too small
   */
  public NdArray(Shape shape) {
    this(shape, allocated(shape, () -> new double[elements(shape)]));
  }

  /**
   * Runs an allocation; if the heap is too small, throws a {@link MemoryLimitException} instead of
   * an error.
   */
  private static <T> T allocated(Shape shape, Supplier<T> allocation) {
    try {
      return allocation.get();
    } catch (OutOfMemoryError e) {
      throw new MemoryLimitException("array: the JVM's heap is too small for shape " + shape);
    }
  }

  private NdArray(Shape shape, double[] values) {
    Require.present("array", "values", values);
    if (values.length != elements(shape)) {
      throw new ShapeException(
          "array: "
              + values.length
              + " values do not fill shape "
              + shape
              + ", which needs "
              + shape.elements());
    }
    this.shape = shape;
    this.values = values;
  }

  /**
   * Returns an array that shares {@code values} without copying them.
   *
   * @throws ShapeException if the number of values differs from the shape's number of elements
   */
  public static NdArray of(Shape shape, double... values) {
    return new NdArray(shape, values);
  }

  /**
   * Returns an array of these values, converted to doubles.
   *
   * @throws ShapeException if the number of values differs from the shape's number of elements
   */
  public static NdArray of(Shape shape, float[] values) {
    Require.present("array", "values", values);
    double[] wide = allocated(shape, () -> new double[values.length]);
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return new NdArray(shape, wide);
  }

  private static int elements(Shape shape) {
    Require.present("array", "shape", shape);
    if (shape.elements() > Integer.MAX_VALUE - 8) {
      throw new InvalidArgumentException(
          "array: shape "
              + shape
              + " has "
              + shape.elements()
              + " elements, more than fit in a Java array");
    }
    return (int) shape.elements();
  }

  public Shape shape() {
    return shape;
  }

  public int rank() {
    return shape.rank();
  }

  /** Returns the length of an axis; the first axis is 0. */
  public int dim(int axis) {
    long length = shape.dim(axis);
    if (length > Integer.MAX_VALUE) { // possible if another axis is 0
      throw new InvalidArgumentException(
          "array: axis " + axis + " of " + shape + " is longer than a Java array");
    }
    return (int) length;
  }

  /** Returns the number of elements. */
  public int size() {
    return values.length;
  }

  /** Returns the elements in row-major order: the internal array, not a copy. */
  public double[] values() {
    return values;
  }

  /**
   * Returns the element at {@code offset} in row-major order.
   *
   * @throws InvalidArgumentException if the offset is outside the array
   */
  public double get(int offset) {
    requireOffset(offset);
    return values[offset];
  }

  /**
   * Sets the element at {@code offset} in row-major order; throws the same exceptions as {@link
   * #get}.
   */
  public void set(int offset, double value) {
    requireOffset(offset);
    values[offset] = value;
  }

  /**
   * Adds a value to the element at {@code offset} in row-major order; throws the same exceptions as
   * {@link #get}.
   */
  public void add(int offset, double value) {
    requireOffset(offset);
    values[offset] += value;
  }

  private void requireOffset(int offset) {
    if (offset < 0 || offset >= values.length) {
      throw new InvalidArgumentException(
          "array: offset " + offset + " is outside shape " + shape + " of " + size() + " elements");
    }
  }

  /**
   * Returns the offset in {@link #values()} of the element with these indices, one per axis.
   *
   * @throws InvalidArgumentException if an index is outside its axis or the number of indices
   *     differs from the rank
   */
  public int offset(int... indices) {
    Require.present("array", "indices", indices);
    int[] own = indices.clone(); // the caller's array may change after the check
    if (own.length != rank()) {
      throw new InvalidArgumentException(
          "array: " + own.length + " indices do not address shape " + shape + " of rank " + rank());
    }
    int offset = 0;
    for (int axis = 0; axis < own.length; axis++) {
      int length = dim(axis);
      if (own[axis] < 0 || own[axis] >= length) {
        throw new InvalidArgumentException(
            "array: index " + own[axis] + " is outside axis " + axis + " of shape " + shape);
      }
      offset = offset * length + own[axis];
    }
    return offset;
  }

  /** Returns the element at these indices, one per axis. */
  public double at(int... indices) {
    return values[offset(indices)];
  }

  /**
   * Returns an array with another shape that shares this array's values.
   *
   * @throws ShapeException if the number of elements differs
   */
  public NdArray reshape(Shape other) {
    return new NdArray(other, values);
  }

  /** Returns a copy of this array. */
  public NdArray copy() {
    return new NdArray(shape, allocated(shape, values::clone));
  }

  /** Returns the values in row-major order, rounded to single precision. */
  public float[] toFloats() {
    float[] narrow = allocated(shape, () -> new float[values.length]);
    for (int i = 0; i < narrow.length; i++) {
      narrow[i] = (float) values[i];
    }
    return narrow;
  }

  /** Returns a description with the shape, for example {@code array 64x3x32x32}. */
  @Override
  public String toString() {
    return "array " + shape;
  }
}
