package dev.quern.tensor;

import dev.quern.error.InvalidArgumentException;
import dev.quern.internal.Require;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The dimensions of a tensor, outermost first: {@code [N, C, H, W]} for a batch of images, {@code
 * [C, H, W]} for one image, {@code [out, in]} for a linear layer's weights. Immutable. Dimensions
 * are at least 0 and their product fits in 2^53, so that no byte count overflows.
 */
public final class Shape {
  private static final long MAX_ELEMENTS = 1L << 53;

  private final long[] dims;
  private final long elements;

  private Shape(long[] dims) {
    this.dims = dims;
    long product = 1;
    boolean empty = false;
    for (long d : dims) {
      if (d < 0) {
        throw new InvalidArgumentException(
            "shape: dimension " + d + " in " + this + " is negative");
      }
      if (d == 0) {
        empty = true;
      } else if (product > MAX_ELEMENTS / d) {
        throw new InvalidArgumentException("shape: " + this + " has more than 2^53 elements");
      } else {
        product *= d;
      }
    }
    this.elements = empty ? 0 : product;
  }

  public static Shape of(long... dims) {
    return new Shape(Require.present("shape", "dimensions", dims).clone());
  }

  /** The number of dimensions; 0 for a scalar. */
  public int rank() {
    return dims.length;
  }

  /** Dimension {@code axis}, counted from 0. */
  public long dim(int axis) {
    if (axis < 0 || axis >= dims.length) {
      throw new InvalidArgumentException(
          "shape: axis " + axis + " is outside " + this + ", which has " + dims.length + " axes");
    }
    return dims[axis];
  }

  /** The product of the dimensions; 1 for a scalar. */
  public long elements() {
    return elements;
  }

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

  /** For example {@code 64x3x32x32}; {@code scalar} for no dimensions. */
  @Override
  public String toString() {
    return dims.length == 0
        ? "scalar"
        : Arrays.stream(dims).mapToObj(Long::toString).collect(Collectors.joining("x"));
  }
}
