package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The axes and result shapes of reductions, for constants and for values of the network. */
public final class Reductions {
  private Reductions() {}

  /**
   * Returns for each axis whether a node reduces it. If no axes are given, all axes are reduced,
   * unless the node's attributes make it an identity.
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

  /** Returns the dimensions with reduced axes replaced by 1. */
  public static long[] kept(long[] dims, boolean[] over) {
    return IntStream.range(0, dims.length).mapToLong(i -> over[i] ? 1 : dims[i]).toArray();
  }

  /** Returns the dimensions without the reduced axes. */
  public static long[] left(long[] dims, boolean[] over) {
    return IntStream.range(0, dims.length).filter(i -> !over[i]).mapToLong(i -> dims[i]).toArray();
  }
}
