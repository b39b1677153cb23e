package dev.quern.tensor;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The dimensions of a tensor, outermost first: {@code [N, C, H, W]} for a batch of images, {@code
 * [C, H, W]} for one image, {@code [out, in]} for a linear layer's weights. Immutable. Dimensions
 * are at least 0, and their product is at most 2^53, so that no byte count overflows.
 *
 * <p>Height and width of a network's input may be dynamic ({@link #FREE}). A shape with a dynamic
 * dimension describes a set of shapes; a tensor never has a dynamic dimension.
 */
public final class Shape {
  private static final long MAX_ELEMENTS = 1L << 53;

  /** A dynamic dimension, whose size is not known yet. */
  public static final long FREE = Long.MIN_VALUE;

  private final long[] dims;
  private final boolean free;
  private final long elements;

  private Shape(long[] dims) {
    this.dims = dims;
    long product = 1;
    boolean empty = false;
    boolean open = false;
    for (long d : dims) {
      if (d == FREE) {
        open = true;
      } else if (d < 0) {
        throw new InvalidArgumentException(
            "shape: dimension " + d + " in " + this + " is negative");
      } else if (d == 0) {
        empty = true;
      } else if (product > MAX_ELEMENTS / d) {
        throw new InvalidArgumentException("shape: " + this + " has more than 2^53 elements");
      } else {
        product *= d;
      }
    }
    this.free = open;
    this.elements = empty ? 0 : product;
  }

  public static Shape of(long... dims) {
    return new Shape(Require.present("shape", "dimensions", dims).clone());
  }

  /** Returns the number of dimensions; 0 for a scalar. */
  public int rank() {
    return dims.length;
  }

  /**
   * Returns the size of dimension {@code axis}, counted from 0.
   *
   * @throws InvalidArgumentException if the axis does not exist or is dynamic
   */
  public long dim(int axis) {
    if (isFree(axis)) {
      throw new InvalidArgumentException(
          "shape: axis " + axis + " of " + this + " is dynamic; its size is not known yet");
    }
    return dims[axis];
  }

  /** Returns whether any dimension is dynamic. */
  public boolean isFree() {
    return free;
  }

  /** Returns whether dimension {@code axis}, counted from 0, is dynamic. */
  public boolean isFree(int axis) {
    if (axis < 0 || axis >= dims.length) {
      throw new InvalidArgumentException(
          "shape: axis " + axis + " is outside " + this + ", which has " + dims.length + " axes");
    }
    return dims[axis] == FREE;
  }

  /**
   * Returns whether {@code other} equals this shape; a dynamic dimension of this shape matches any
   * size.
   */
  public boolean matches(Shape other) {
    Require.present("shape", "other", other);
    if (other.dims.length != dims.length) {
      return false;
    }
    for (int axis = 0; axis < dims.length; axis++) {
      if (dims[axis] != FREE && dims[axis] != other.dims[axis]) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns whether a sample with this shape is valid for a network input with shape {@code input}.
   * Either {@code input} matches this shape (dynamic dimensions match any size), or both are
   * signals with one channel and equal length: {@code [L]}, {@code [1, L]} or {@code [1, 1, L]}.
   */
  public boolean isSampleOf(Shape input) {
    return Require.present("shape", "input", input).matches(this)
        || isSignal(0) && input.isSignal(0) && last() == input.last();
  }

  /**
   * Returns whether a batch with this shape, {@code [N, ...]}, contains samples that are valid for
   * a network input, as {@link #isSampleOf} defines.
   */
  public boolean isBatchOf(Shape input) {
    int axes = Require.present("shape", "input", input).dims.length;
    boolean same = dims.length == axes + 1;
    for (int axis = 0; same && axis < axes; axis++) {
      same = input.dims[axis] == FREE || input.dims[axis] == dims[axis + 1];
    }
    return same || isSignal(1) && input.isSignal(0) && last() == input.last();
  }

  /**
   * Returns whether the dimensions, beginning at index {@code from}, are {@code [L]}, {@code [1,
   * L]} or {@code [1, 1, L]}.
   */
  private boolean isSignal(int from) {
    int rank = dims.length - from;
    boolean ones = rank >= 1 && rank <= 3;
    for (int axis = from; ones && axis < dims.length - 1; axis++) {
      ones = dims[axis] == 1;
    }
    return ones;
  }

  private long last() {
    return dims[dims.length - 1];
  }

  /**
   * Returns the product of the dimensions; 1 for a scalar.
   *
   * @throws InvalidArgumentException if a dimension is dynamic
   */
  public long elements() {
    if (free) {
      throw new InvalidArgumentException(
          "shape: " + this + " has a dynamic dimension, so its number of elements is unknown");
    }
    return elements;
  }

  /** Returns the sizes of all dimensions; {@link #FREE} for dynamic dimensions. */
  public long[] toArray() {
    return dims.clone();
  }

  /**
   * Returns this shape with an additional first dimension: {@code [C, H, W].batch(n)} is {@code [n,
   * C, H, W]}.
   */
  public Shape batch(long n) {
    long[] d = new long[dims.length + 1];
    d[0] = n;
    System.arraycopy(dims, 0, d, 1, dims.length);
    return new Shape(d);
  }

  /** Returns this shape without its first dimension. */
  public Shape sample() {
    if (dims.length == 0) {
      throw new InvalidArgumentException("shape: a scalar has no first dimension to drop");
    }
    return new Shape(Arrays.copyOfRange(dims, 1, dims.length));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Shape s && Arrays.equals(dims, s.dims);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(dims);
  }

  /**
   * Returns the shape as a string, for example {@code 64x3x32x32}. A dynamic dimension is {@code
   * ?}, and a shape without dimensions is {@code scalar}.
   */
  @Override
  public String toString() {
    return dims.length == 0
        ? "scalar"
        : Arrays.stream(dims)
            .mapToObj(d -> d == FREE ? "?" : Long.toString(d))
            .collect(Collectors.joining("x"));
  }
}
