package dev.quern.dense;

import dev.quern.data.Image;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Heap;
import dev.quern.internal.arguments.Require;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A depth map: the depth of each pixel of an image. The unit, and whether near pixels have large or
 * small values, depend on the network, as {@link DepthEstimation} describes. Immutable and
 * thread-safe.
 */
public final class DepthMap {
  private static final String OP = "depth map";

  private final FloatMap map;

  private DepthMap(FloatMap map) {
    this.map = map;
  }

  /**
   * Creates a depth map.
   *
   * @param values the depths, row by row, which must be finite; copied
   * @throws ShapeException if the number of values differs from {@code height * width}, or a side
   *     is less than 1
   * @throws InvalidArgumentException if a value is not finite
   */
  public static DepthMap of(int height, int width, float[] values) {
    float[] own = Require.present(OP, "values", values).clone();
    if (height < 1 || width < 1 || (long) height * width != own.length) {
      throw new ShapeException(
          OP + ": " + own.length + " values do not fill " + height + "x" + width);
    }
    for (float v : own) {
      if (!Float.isFinite(v)) {
        throw new InvalidArgumentException(OP + ": value " + v + " must be finite");
      }
    }
    return new DepthMap(new FloatMap(OP, height, width, own));
  }

  /** Creates a depth map of checked values without copying them. */
  static DepthMap owning(FloatMap map) {
    return new DepthMap(map);
  }

  public int height() {
    return map.height();
  }

  public int width() {
    return map.width();
  }

  /** Returns a copy of the depths, row by row. */
  public float[] values() {
    return map.values().clone();
  }

  /** Returns the depth of the pixel at row y and column x. */
  public float at(int y, int x) {
    if (y < 0 || y >= height() || x < 0 || x >= width()) {
      throw new InvalidArgumentException(
          OP + ": (" + y + ", " + x + ") is outside " + height() + "x" + width());
    }
    return map.values()[y * width() + x];
  }

  /**
   * Returns the depths scaled to [0, 1] by their minimum and maximum; all 0 if they are equal.
   *
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small
   */
  public DepthMap normalized() {
    return new DepthMap(map.minMax());
  }

  /**
   * Returns the {@link #normalized} depths as a gray image, from 0 for the minimum to 255 for the
   * maximum. {@code Images.toGray16} of the module quern-image returns 16 bits.
   *
   * @throws dev.quern.error.MemoryLimitException if the JVM's heap is too small
   */
  public Image toImage() {
    float[] values = map.minMax().values();
    byte[] gray = Heap.bytes(OP, values.length);
    for (int i = 0; i < gray.length; i++) {
      gray[i] = (byte) Math.round(255 * values[i]);
    }
    return Image.owning(Shape.of(1, height(), width()), gray);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DepthMap d
        && height() == d.height()
        && width() == d.width()
        && Arrays.equals(map.values(), d.map.values());
  }

  @Override
  public int hashCode() {
    return 31 * (31 * height() + width()) + Arrays.hashCode(map.values());
  }

  /** Returns the size as text, for example {@code DepthMap 480x640}. */
  @Override
  public String toString() {
    return "DepthMap " + height() + "x" + width();
  }
}
