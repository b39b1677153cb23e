package dev.quern.tensor;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.OffHeap;
import dev.quern.internal.TensorAccess;
import dev.quern.internal.Usage;
import dev.quern.internal.arguments.Require;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.FloatPointer;

/**
 * Owner of the off-heap memory of tensors. Closing the arena frees all of this memory:
 *
 * <pre>{@code
 * try (Arena arena = new Arena()) {
 *   Tensor x = arena.tensor(Shape.of(1, 3, 32, 32));
 *   ...
 * }
 * }</pre>
 *
 * Thread-safe. Closing an arena again has no effect. Closing fails while a call uses the arena. If
 * an arena is not closed, the garbage collector frees its memory.
 */
public final class Arena implements AutoCloseable {
  static {
    TensorAccess.set(
        new TensorAccess() {
          @Override
          public FloatPointer pointer(Object tensor) {
            return ((Tensor) tensor).pointer();
          }

          @Override
          public Usage usage(Object arena) {
            return ((Arena) arena).usage;
          }
        });
  }

  private final List<OffHeap> blocks = new ArrayList<>();
  final Usage usage = new Usage("arena", this);

  /** Creates an arena without tensors. */
  public Arena() {}

  /** Allocates a tensor of zeros. */
  public Tensor tensor(Shape shape) {
    Require.present("tensor", "shape", shape);
    usage.enter();
    try {
      OffHeap block =
          new OffHeap(Math.multiplyExact(shape.elements(), (long) Float.BYTES), "tensor", shape);
      synchronized (blocks) {
        blocks.add(block);
      }
      return new Tensor(this, block.floats(0), shape);
    } finally {
      usage.exit();
    }
  }

  /**
   * Allocates a tensor that contains these values, in row-major order.
   *
   * @throws ShapeException if the number of values differs from the number of elements
   */
  public Tensor tensor(Shape shape, float... values) {
    Require.present("tensor", "shape", shape);
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
    return tensor(shape).copyFrom(values);
  }

  /**
   * Frees the memory of all tensors of this arena.
   *
   * @throws dev.quern.error.ClosedException if a call is still using the arena
   */
  @Override
  public void close() {
    if (usage.close()) {
      synchronized (blocks) {
        blocks.forEach(OffHeap::close);
      }
    }
  }

  static void requireIndex(String what, long index, long size) {
    if (index < 0 || index >= size) {
      throw new InvalidArgumentException(
          what + ": index " + index + " is outside [0, " + size + ")");
    }
  }
}
