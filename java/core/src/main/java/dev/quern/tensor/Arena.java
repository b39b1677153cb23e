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
 * Owns the off-heap memory of tensors and frees it in one go:
 *
 * <pre>{@code
 * try (Arena arena = new Arena()) {
 *   Tensor x = arena.tensor(Shape.of(1, 3, 32, 32));
 *   ...
 * }
 * }</pre>
 *
 * Thread-safe. Closing twice does nothing; closing while a call is inside is refused. A forgotten
 * arena is freed by the garbage collector.
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

  /** An arena without tensors. */
  public Arena() {}

  /** A tensor of zeros. */
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
   * A tensor with these values, in row-major order.
   *
   * @throws ShapeException if there are more or fewer values than elements
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
              + shape.elements());
    }
    return tensor(shape).copyFrom(values);
  }

  /**
   * @throws dev.quern.error.ClosedException if a call is inside
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
