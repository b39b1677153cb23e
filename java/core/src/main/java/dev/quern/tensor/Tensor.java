package dev.quern.tensor;

import dev.quern.error.ClosedException;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.Names;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * A float32 tensor in off-heap memory, in row-major order. Images are {@code [N, C, H, W]},
 * convolution weights {@code [O, I, H, W]}, linear weights {@code [out, in]}. The memory belongs to
 * an {@link Arena}; after the arena is closed, the tensor cannot be used. Concurrent reads are
 * safe, concurrent writes are not.
 */
public final class Tensor {
  /** Maximum number of values in {@link #toString}. */
  private static final int SHOWN = 4;

  private final Arena arena;
  private final FloatPointer pointer;
  private final Shape shape;

  Tensor(Arena arena, FloatPointer pointer, Shape shape) {
    this.arena = arena;
    this.pointer = pointer;
    this.shape = shape;
  }

  public Shape shape() {
    return shape;
  }

  /**
   * Returns the arena that owns this tensor's memory. Operators allocate their results in the arena
   * of their first argument.
   */
  public Arena arena() {
    return arena;
  }

  FloatPointer pointer() {
    return pointer;
  }

  /**
   * Returns the value at these indices, one per axis. To read many values, use {@link #toArray()}.
   *
   * @throws InvalidArgumentException if the number of indices differs from the rank, or an index is
   *     outside its axis
   */
  public float get(long... index) {
    // checks and uses a copy, because the caller could change the array after the check
    long[] own = Require.present("tensor", "index", index).clone();
    if (own.length != shape.rank()) {
      throw new InvalidArgumentException(
          "tensor: "
              + own.length
              + " indices do not fit "
              + shape
              + ", which has "
              + shape.rank()
              + " axes");
    }
    long at = 0;
    for (int axis = 0; axis < own.length; axis++) {
      Arena.requireIndex("tensor: axis " + axis + " of " + shape, own[axis], shape.dim(axis));
      at = at * shape.dim(axis) + own[axis];
    }
    arena.usage.enter();
    try {
      return pointer.get(at);
    } finally {
      arena.usage.exit();
    }
  }

  /**
   * Returns a copy of all values, in row-major order.
   *
   * @throws InvalidArgumentException if there are more values than a Java array can contain
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small
   */
  public float[] toArray() {
    float[] values = Heap.floats("tensor", shape.elements());
    arena.usage.enter();
    try {
      pointer.get(values);
      return values;
    } finally {
      arena.usage.exit();
    }
  }

  /**
   * Overwrites all values, in row-major order.
   *
   * @return this tensor
   */
  public Tensor copyFrom(float[] values) {
    if (Require.present("tensor", "values", values).length != shape.elements()) {
      throw new ShapeException(
          "tensor: "
              + values.length
              + " values do not fill "
              + shape
              + ", which has "
              + shape.elements()
              + " elements");
    }
    arena.usage.enter();
    try {
      pointer.put(values);
      return this;
    } finally {
      arena.usage.exit();
    }
  }

  /**
   * Returns the shape and the first values in one line: {@code Tensor 2x3 [1.0, 2.0, 3.0, 4.0,
   * ...]}, or {@code Tensor 2x3 (closed)} after the arena is closed. Never throws.
   */
  @Override
  public String toString() {
    return "Tensor " + Names.inLine(shape.toString()) + " " + firstValues();
  }

  private String firstValues() {
    try {
      arena.usage.enter();
    } catch (ClosedException e) {
      return "(closed)";
    }
    try {
      int shown = (int) Math.min(shape.elements(), SHOWN);
      List<String> values = new ArrayList<>();
      for (int i = 0; i < shown; i++) {
        values.add(Float.toString(pointer.get(i)));
      }
      if (shape.elements() > shown) {
        values.add("...");
      }
      return values.toString();
    } finally {
      arena.usage.exit();
    }
  }
}
