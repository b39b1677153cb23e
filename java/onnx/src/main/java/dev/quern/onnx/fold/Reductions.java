package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The axes over which a node reduces, and the resulting shape, for constants and values. */
public final class Reductions {
  private Reductions() {}

  /**
   * Returns for each axis whether it is reduced; if no axes are named, all axes are reduced unless
   * the node's attributes make it an identity.
   */
  public static boolean[] over(Node node, long @Nullable [] axes, int rank) {
    boolean[] over = new boolean[rank];
    boolean none = axes == null || axes.length == 0;
    Arrays.fill(over, none && node.attributes().number("noop_with_empty_axes", 0) == 0);
    if (!none) {
      for (long a : axes) {
        over[Dims.axis(a, rank)] = true;
      }
    }
    return over;
  }

  /** Returns the dimensions with size 1 for reduced axes. */
  public static long[] kept(long[] dims, boolean[] over) {
    return IntStream.range(0, dims.length).mapToLong(i -> over[i] ? 1 : dims[i]).toArray();
  }

  /** Returns the dimensions without the reduced axes. */
  public static long[] left(long[] dims, boolean[] over) {
    return IntStream.range(0, dims.length).filter(i -> !over[i]).mapToLong(i -> dims[i]).toArray();
  }
}
