package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** The output shapes of shape operators, for constants and for values of the network. */
public final class Shapes {
  private Shapes() {}

  /**
   * Returns the shape of a Reshape's result: a wanted -1 is inferred, and 0 copies the input's
   * dimension unless the node sets allowzero.
   */
  public static long[] reshaped(Node node, long[] dims, long[] wanted) {
    boolean zeros = node.attributes().number("allowzero", 0) != 0;
    Dims.rank(wanted.length);
    long[] out = wanted.clone();
    int open = -1;
    for (int i = 0; i < out.length; i++) {
      if (out[i] == 0 && !zeros) {
        if (i >= dims.length) {
          throw wrong(dims, wanted);
        }
        out[i] = dims[i];
      } else if (out[i] == -1 && open < 0) {
        open = i;
        out[i] = 1;
      } else if (out[i] < 0) {
        throw wrong(dims, wanted);
      }
    }
    long elements = Dims.elements(dims);
    long others = Dims.elements(out);
    if (open >= 0) {
      if (others == 0 || elements % others != 0) {
        throw wrong(dims, wanted);
      }
      out[open] = elements / others;
    }
    if (Dims.elements(out) != elements) {
      throw wrong(dims, wanted);
    }
    return out;
  }

  private static Refusal wrong(long[] dims, long[] wanted) {
    return new Refusal(Arrays.toString(dims) + " cannot be reshaped to " + Arrays.toString(wanted));
  }

  /**
   * Returns the shape of a Flatten's result: the product of the dimensions before the node's axis,
   * and the product of the remaining dimensions.
   */
  public static long[] flattened(Node node, long[] dims) {
    long at = node.attributes().number("axis", 1);
    if (at < -dims.length || at > dims.length) {
      throw new Refusal("axis " + at + " is not one of " + dims.length + " axes");
    }
    int axis = (int) (at < 0 ? at + dims.length : at);
    return new long[] {Dims.elements(dims, 0, axis), Dims.elements(dims, axis, dims.length)};
  }

  /**
   * Returns the axes of a node, from an attribute or, in newer opsets, from the second input; null
   * if neither is present.
   */
  public static long @Nullable [] axes(Node node, List<@Nullable Const> in) {
    Const c = in.size() > 1 ? in.get(1) : null;
    return c == null ? node.attributes().numbers("axes") : c.longs();
  }

  /**
   * Returns the dimensions without the given axes, which must have size 1; if {@code axes} is null,
   * all axes of size 1 are removed.
   */
  public static long[] squeezed(long[] dims, long @Nullable [] axes) {
    boolean[] gone = new boolean[dims.length];
    if (axes == null) {
      for (int i = 0; i < dims.length; i++) {
        gone[i] = dims[i] == 1;
      }
    } else {
      for (long a : axes) {
        int axis = Dims.axis(a, dims.length);
        if (dims[axis] != 1) {
          throw new Refusal("axis " + axis + " has " + dims[axis] + " elements, not 1");
        }
        gone[axis] = true;
      }
    }
    LongStream.Builder kept = LongStream.builder();
    for (int i = 0; i < dims.length; i++) {
      if (!gone[i]) {
        kept.add(dims[i]);
      }
    }
    return kept.build().toArray();
  }

  /**
   * Returns the dimensions with axes of size 1 inserted, so that they have the given indices in the
   * result.
   */
  public static long[] unsqueezed(long[] dims, long[] axes) {
    int rank = Dims.rank(dims.length + axes.length);
    boolean[] own = new boolean[rank];
    for (long a : axes) {
      int axis = Dims.axis(a, rank);
      if (own[axis]) {
        throw new Refusal("axis " + axis + " is named twice");
      }
      own[axis] = true;
    }
    long[] out = new long[rank];
    int next = 0;
    for (int i = 0; i < rank; i++) {
      out[i] = own[i] ? 1 : dims[next++];
    }
    return out;
  }

  /** Returns the axis order of a Transpose; without the attribute, the axes are reversed. */
  public static int[] permutation(Node node, int rank) {
    long[] perm = node.attributes().numbers("perm");
    int[] out = new int[rank];
    List<Integer> seen = new ArrayList<>();
    for (int i = 0; i < rank; i++) {
      out[i] = perm == null ? rank - 1 - i : i < perm.length ? Dims.axis(perm[i], rank) : 0;
      if (seen.contains(out[i])) {
        throw new Refusal("perm names axis " + out[i] + " twice");
      }
      seen.add(out[i]);
    }
    if (perm != null && perm.length != rank) {
      throw new Refusal("perm has " + perm.length + " axes, the input has " + rank);
    }
    return out;
  }
}
