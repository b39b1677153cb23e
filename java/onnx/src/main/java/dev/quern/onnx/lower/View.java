package dev.quern.onnx.lower;

import dev.quern.layer.Flatten;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.Affine;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.Slice;
import dev.quern.network.Network;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A value as a strided view of another value, times a factor. It combines the reshapes, transposes,
 * slices, gathers and factors between the two values.
 *
 * @param root the value on which the view is based, computed by another kind of layer
 * @param sizes the size of each axis
 * @param strides the stride of each axis, in elements of the root
 * @param offset the index of the first element in the root
 * @param scale the factor
 */
record View(String root, long[] sizes, long[] strides, long offset, double scale) {
  static View of(Parts parts, String name) {
    Network.Node n = parts.nodes.get(name);
    View v = n == null || n.inputs().size() != 1 ? null : of(parts, n);
    return v != null ? v : whole(name, parts.shapes.get(name).toArray());
  }

  private static @Nullable View of(Parts parts, Network.Node n) {
    Layer l = n.layer();
    boolean moves = l instanceof Reshape || l instanceof Flatten || l instanceof Permute;
    boolean takes = l instanceof Slice || l instanceof Gather;
    boolean scales = l instanceof Affine a && a.shift() == 0;
    if (!moves && !takes && !scales) {
      return null;
    }
    View in = of(parts, n.inputs().get(0));
    long[] to = parts.shapes.get(n.name()).toArray();
    if (l instanceof Affine a) {
      return new View(in.root, in.sizes, in.strides, in.offset, in.scale * a.scale());
    }
    if (l instanceof Permute p) {
      return in.permuted(p.dims());
    }
    if (l instanceof Slice s) {
      return in.taken(s.axis(), s.start(), s.step(), to);
    }
    return l instanceof Gather g ? in.taken(g, to) : in.reshaped(to);
  }

  private static View whole(String name, long[] sizes) {
    long[] strides = new long[sizes.length];
    long stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= sizes[i];
    }
    return new View(name, sizes, strides, 0, 1);
  }

  private View permuted(List<Integer> dims) {
    int rank = sizes.length;
    int[] order = dims.stream().mapToInt(d -> d < 0 ? d + rank : d).toArray();
    return new View(
        root,
        Arrays.stream(order).mapToLong(i -> sizes[i]).toArray(),
        Arrays.stream(order).mapToLong(i -> strides[i]).toArray(),
        offset,
        scale);
  }

  private @Nullable View taken(Gather g, long[] to) {
    int axis = g.axis() < 0 ? g.axis() + sizes.length : g.axis();
    List<Integer> at = g.indices().stream().map(i -> place(i, sizes[axis])).toList();
    int step = at.size() < 2 ? 1 : at.get(1) - at.get(0);
    for (int i = 1; i < at.size(); i++) {
      if (at.get(i) - at.get(i - 1) != step) {
        return null;
      }
    }
    return taken(axis, at.get(0), step, to);
  }

  private static int place(int index, long size) {
    return index < 0 ? index + (int) size : index;
  }

  private View taken(int axis, int start, int step, long[] to) {
    int at = axis < 0 ? axis + sizes.length : axis;
    long[] apart = strides.clone();
    apart[at] *= step;
    long first = Math.min(place(start, sizes[at]), sizes[at]);
    return new View(root, to, apart, offset + Math.max(0, first) * strides[at], scale);
  }

  /**
   * Returns a view of the same elements in the same order with another shape; null if that view has
   * no constant strides.
   */
  @Nullable View reshaped(long... to) {
    List<long[]> axes = new ArrayList<>();
    for (int i = 0; i < sizes.length; i++) {
      if (sizes[i] != 1) {
        axes.add(new long[] {sizes[i], strides[i]});
      }
    }
    long[] apart = new long[to.length];
    int from = 0;
    int made = 0;
    while (made < to.length) {
      if (to[made] == 1) {
        made++;
        continue;
      }
      long there = to[made];
      long here = axes.get(from)[0];
      int last = from;
      int end = made + 1;
      while (there != here) {
        if (there < here) {
          there *= to[end++];
        } else {
          long[] next = axes.get(last + 1);
          if (axes.get(last)[1] != next[0] * next[1]) {
            return null;
          }
          here *= next[0];
          last++;
        }
      }
      long stride = axes.get(last)[1];
      for (int i = end - 1; i >= made; i--) {
        apart[i] = stride;
        stride *= to[i];
      }
      from = last + 1;
      made = end;
    }
    return new View(root, to.clone(), apart, offset, scale);
  }

  /** Returns whether an axis has this stride; an axis of size 1 has any stride. */
  boolean strides(int axis, long stride) {
    return sizes[axis] == 1 || strides[axis] == stride;
  }

  long elements() {
    return Arrays.stream(sizes).reduce(1, (a, b) -> a * b);
  }

  /**
   * Returns whether the view consists of all elements of the root in their order, with factor 1.
   */
  boolean isWhole(Shape of) {
    View flat = reshaped(elements());
    return flat != null
        && offset == 0
        && scale == 1
        && of.elements() == elements()
        && flat.strides(0, 1);
  }
}
