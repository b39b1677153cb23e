package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Refusal;

/** Helper functions for indices along an axis. */
public final class Indices {
  private Indices() {}

  /**
   * Converts indices along an axis to indices from 0; negative indices count from the end of the
   * axis.
   *
   * @throws Refusal if an index is outside the axis
   */
  public static long[] within(long[] indices, long size) {
    long[] out = indices.clone();
    for (int i = 0; i < out.length; i++) {
      if (out[i] < -size || out[i] >= size) {
        throw new Refusal("index " + out[i] + " is outside an axis of size " + size);
      }
      out[i] = out[i] < 0 ? out[i] + size : out[i];
    }
    return out;
  }

  /**
   * Returns the shape of a Gather's result: the indexed axis is replaced by the dimensions of the
   * indices.
   */
  public static long[] gathered(long[] dims, int axis, long[] indices) {
    long[] out = new long[Dims.rank(dims.length - 1 + indices.length)];
    System.arraycopy(dims, 0, out, 0, axis);
    System.arraycopy(indices, 0, out, axis, indices.length);
    System.arraycopy(dims, axis + 1, out, axis + indices.length, dims.length - axis - 1);
    return out;
  }
}
