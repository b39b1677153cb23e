package dev.quern.onnx;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.ShapeException;
import dev.quern.internal.arguments.Require;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Types;
import java.util.Arrays;

/**
 * An input or output of an {@link OnnxSession}: a tensor in the JVM's heap, of floats or of
 * integers. Unlike a {@link dev.quern.tensor.Tensor}, it may have dimensions of size 0. Immutable.
 */
public final class OnnxTensor {
  private final Const values;

  OnnxTensor(Const values) {
    this.values = values;
  }

  /**
   * Creates a tensor of floats from copied values.
   *
   * @param shape the dimensions in ONNX's order, including the batch; none for a scalar
   * @throws ShapeException if the number of values differs from the number of elements
   */
  public static OnnxTensor of(long[] shape, float... values) {
    long[] dims = checked(shape, Require.present("onnx", "values", values).length);
    return new OnnxTensor(Const.of(dims, values.clone()));
  }

  /**
   * Creates a tensor of integers from copied values, like {@link #of(long[], float...)}; booleans
   * are 0 and 1.
   */
  public static OnnxTensor of(long[] shape, long... values) {
    long[] dims = checked(shape, Require.present("onnx", "values", values).length);
    return new OnnxTensor(Const.of(Types.INT64, dims, values.clone()));
  }

  private static long[] checked(long[] shape, int values) {
    long[] own = Require.present("onnx", "shape", shape).clone();
    long elements = 1;
    for (long d : own) {
      if (d < 0 || d > Integer.MAX_VALUE || elements > Integer.MAX_VALUE) {
        throw new InvalidArgumentException(
            "onnx: dimensions " + Arrays.toString(own) + " must be from 0 to 2^31 - 1");
      }
      elements *= d;
    }
    if (elements != values) {
      throw new ShapeException(
          "onnx: " + values + " values do not fill a tensor " + Arrays.toString(own));
    }
    return own;
  }

  Const values() {
    return values;
  }

  /** Returns the dimensions in ONNX's order, including the batch; a dimension may be 0. */
  public long[] shape() {
    return values.dims().clone();
  }

  /** Returns the element type by its name in NumPy, such as "float32", "int64" or "bool". */
  public String type() {
    return Types.name(values.type());
  }

  /** Returns a copy of the elements as floats; integers are converted. */
  public float[] floats() {
    return values.floats().clone();
  }

  /**
   * Returns a copy of the elements as longs; booleans are 0 and 1.
   *
   * @throws InvalidArgumentException if the elements are floats
   */
  public long[] longs() {
    if (values.isFloat()) {
      throw new InvalidArgumentException("onnx: a tensor of " + type() + " has no integers");
    }
    return values.longs().clone();
  }

  /** Returns the type and dimensions. */
  @Override
  public String toString() {
    return values.toString();
  }
}
