package dev.quern.tensor;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.arguments.Require;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The dimensions of a tensor, outermost first: {@code [N, C, H, W]} for a batch of images, {@code
 * [C, H, W]} for one image, {@code [out, in]} for a linear layer's weights. Immutable. Dimensions
 * are at least 0 and their product fits in 2^53, so that no byte count overflows.
 *
 * <p>Height and width of a network's input may be dynamic: {@link #FREE}. A shape with a free
 * dimension describes a set of tensors; no tensor has it.
 */
public final class Shape {
  private static final long MAX_ELEMENTS = 1L << 53;

  /** A dimension that is not known yet. */
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

  /** The number of dimensions; 0 for a scalar. */
  public int rank() {
    return dims.length;
  }

  /**
   * Dimension {@code axis}, counted from 0.
   *
   * @throws InvalidArgumentException if the axis does not exist, or is free
   */
  public long dim(int axis) {
    if (isFree(axis)) {
      throw new InvalidArgumentException(
          "shape: axis " + axis + " of " + this + " is dynamic; its size is not known yet");
    }
    return dims[axis];
  }

  /** Whether any dimension is free. */
  public boolean isFree() {
    return free;
  }

  /** Whether dimension {@code axis}, counted from 0, is free. */
  public boolean isFree(int axis) {
    if (axis < 0 || axis >= dims.length) {
      throw new InvalidArgumentException(
          "shape: axis " + axis + " is outside " + this + ", which has " + dims.length + " axes");
    }
    return dims[axis] == FREE;
  }

  /**
   * Whether {@code other} is equal to this shape, where a dynamic (free) dimension of this shape is
   * equal to any size.
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
   * Whether a sample of this shape may be read as one of {@code input}: it is the same shape, or
   * the same signal of one channel, written {@code [L]}, {@code [1, L]} or {@code [1, 1, L]}. Free
   * dimensions of the input match any size, with equal rank.
   */
  public boolean isSampleOf(Shape input) {
    return Require.present("shape", "input", input).matches(this)
        || isSignal(0) && input.isSignal(0) && last() == input.last();
  }

  /** {@link #isSampleOf} for a batch of samples, this shape being {@code [N, ...]}. */
  public boolean isBatchOf(Shape input) {
    int axes = Require.present("shape", "input", input).dims.length;
    boolean same = dims.length == axes + 1;
    for (int axis = 0; same && axis < axes; axis++) {
      same = input.dims[axis] == FREE || input.dims[axis] == dims[axis + 1];
    }
    return same || isSignal(1) && input.isSignal(0) && last() == input.last();
  }

  /** Whether the dimensions from one on are {@code [L]}, {@code [1, L]} or {@code [1, 1, L]}. */
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
   * The product of the dimensions; 1 for a scalar.
   *
   * @throws InvalidArgumentException if a dimension is free
   */
  public long elements() {
    if (free) {
      throw new InvalidArgumentException(
          "shape: " + this + " has a dynamic dimension, so its number of elements is unknown");
    }
    return elements;
  }

  /** The dimensions; {@link #FREE} for a free one. */
  public long[] toArray() {
    return dims.clone();
  }

  /**
   * This shape with one more dimension in front: {@code [C, H, W].batch(n)} is {@code [n, C, H,
   * W]}.
   */
  public Shape batch(long n) {
    long[] d = new long[dims.length + 1];
    d[0] = n;
    System.arraycopy(dims, 0, d, 1, dims.length);
    return new Shape(d);
  }

  /** This shape without its first dimension. */
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

  /** For example {@code 64x3x32x32}; {@code scalar} for no dimensions, {@code ?} for a free one. */
  @Override
  public String toString() {
    return dims.length == 0
        ? "scalar"
        : Arrays.stream(dims)
            .mapToObj(d -> d == FREE ? "?" : Long.toString(d))
            .collect(Collectors.joining("x"));
  }
}
