package dev.quern.onnx.lower;

import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Gather;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Slice;
import dev.quern.network.Network;
import dev.quern.onnx.fold.Indices;
import dev.quern.onnx.fold.Shapes;
import dev.quern.onnx.fold.Slices;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Value;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Rules for operators that rearrange elements or change their shape. */
final class ShapeRules {
  private static final int MOST_PLACES = 1 << 24;

  /** The largest number of axes of {@link Permute}. */
  private static final int MOST_PERMUTED = 6;

  private ShapeRules() {}

  static void addTo(Map<String, Rule> rules) {
    rules.put("Reshape", ShapeRules::reshape);
    rules.put("Flatten", s -> reshaped(s, Shapes.flattened(s.node, s.dims(0))));
    rules.put("Squeeze", s -> reshaped(s, Shapes.squeezed(s.dims(0), axes(s))));
    rules.put("Unsqueeze", ShapeRules::unsqueeze);
    rules.put("Transpose", ShapeRules::transpose);
    rules.put("Concat", ShapeRules::concat);
    rules.put("Slice", ShapeRules::slice);
    rules.put("Split", ShapeRules::split);
    rules.put("Gather", ShapeRules::gather);
    rules.put("Expand", ShapeRules::expand);
    rules.put("Tile", ShapeRules::tile);
    rules.put("DepthToSpace", ShapeRules::depthToSpace);
    rules.put("SpaceToDepth", ShapeRules::spaceToDepth);
  }

  private static void reshape(Site s) {
    long[] wanted =
        s.operand(1) == null
            ? s.attributes().numbers("shape", 0)
            : s.constant(1, "the shape").longs();
    reshaped(s, Shapes.reshaped(s.node, s.dims(0), wanted));
  }

  static long[] axes(Site s) {
    return Shapes.axes(s.node, s.constantsAfterFirst());
  }

  private static void unsqueeze(Site s) {
    long[] axes = axes(s);
    reshaped(s, Shapes.unsqueezed(s.dims(0), axes == null ? new long[0] : axes));
  }

  private static void reshaped(Site s, long[] dims) {
    Value x = s.value(0);
    s.out(0, Lowering.typed(s.made(x.node(), dims), x));
  }

  private static void transpose(Site s) {
    Value x = s.value(0);
    s.out(0, Lowering.typed(transposed(s, x, Shapes.permutation(s.node, x.rank())), x));
  }

  /** Returns a value with its axes permuted: axis i of the result is axis perm[i] of the value. */
  static Value transposed(Site s, Value x, int... perm) {
    long[] dims = Arrays.stream(perm).mapToLong(i -> x.dims()[i]).toArray();
    Site.Form in = perm.length > 0 && perm[0] == 0 ? s.form(x) : s.full(x);
    List<Integer> order =
        IntStream.range(in.shift(), perm.length).mapToObj(i -> in.axis(perm[i])).toList();
    return s.made(permuted(s, in.node(), order), dims);
  }

  /** Adds a permutation of a sample's axes; combines two consecutive permutations. */
  static String permuted(Site s, String node, List<Integer> order) {
    Network.Node before = s.parts.nodes.get(node);
    if (before != null && before.layer() instanceof Permute first) {
      List<Integer> both = order.stream().map(i -> first.dims().get(i)).toList();
      return permuted(s, before.inputs().get(0), both);
    }
    // the position of axes of one element does not matter
    List<Integer> moved = new ArrayList<>();
    Shape shape = s.parts.shapes.get(node);
    order.stream().filter(i -> shape.dim(i) > 1).forEach(moved::add);
    boolean still = IntStream.range(1, moved.size()).allMatch(i -> moved.get(i - 1) < moved.get(i));
    Shape to = Shape.of(order.stream().mapToLong(shape::dim).toArray());
    if (still) {
      return s.parts.reshape(node, to);
    }
    if (order.size() <= MOST_PERMUTED) {
      return s.layer(new Permute(order), node);
    }
    return s.parts.reshape(joined(s, node, shape, moved), to);
  }

  /** Permutes axes, after merging axes that stay side by side into one axis. */
  private static String joined(Site s, String node, Shape shape, List<Integer> order) {
    List<Integer> present = order.stream().sorted().toList();
    List<Long> sizes = new ArrayList<>();
    List<Integer> starts = new ArrayList<>();
    for (int axis : present) {
      int at = order.indexOf(axis);
      int before = present.indexOf(axis) - 1;
      boolean follows = at > 0 && before >= 0 && order.get(at - 1).equals(present.get(before));
      if (follows) {
        int last = sizes.size() - 1;
        sizes.set(last, sizes.get(last) * shape.dim(axis));
      } else {
        sizes.add(shape.dim(axis));
        starts.add(axis);
      }
    }
    String from = s.parts.reshape(node, Shape.of(sizes.stream().mapToLong(n -> n).toArray()));
    List<Integer> blocks = order.stream().filter(starts::contains).map(starts::indexOf).toList();
    return s.layer(new Permute(blocks), from);
  }

  private static void concat(Site s) {
    int rank = s.dims(0).length;
    int axis = Dims.axis(s.attributes().number("axis", 1), rank);
    long total = 0;
    List<Site.Form> in = new ArrayList<>();
    boolean full = axis == 0;
    Value first = null;
    for (int i = 0; i < s.node.inputs().size(); i++) {
      if (s.dims(i).length != rank) {
        throw new Refusal("its inputs differ in rank: " + rank + " and " + s.dims(i).length);
      }
      if (s.dims(i)[axis] == 0) {
        continue; // such as a slice of no elements, which rolling by 0 leaves
      }
      Value v = s.value(i);
      first = first == null ? v : first;
      total += v.dims()[axis];
      in.add(full ? s.full(v) : s.form(v));
    }
    if (first == null) {
      throw new Refusal("all of its inputs are empty");
    }
    int along = in.get(0).axis(axis);
    String made = side(s, in.stream().map(Site.Form::node).toList(), along);
    s.out(0, Lowering.typed(s.made(made, Dims.with(first.dims(), axis, total)), first));
  }

  /** Concatenates samples along an axis. */
  static String side(Site s, List<String> nodes, int axis) {
    return nodes.size() == 1
        ? nodes.get(0)
        : s.layer(new Concat(axis), nodes.toArray(String[]::new));
  }

  private static void slice(Site s) {
    Value x = s.value(0);
    Value v = x;
    for (Slices.Bounds b : Slices.bounds(s.node, s.constantsAfterFirst(), x.rank())) {
      Slices.Cut cut = b.of(v.dims()[b.axis()]);
      boolean free = s.isFree(0, b.axis());
      if (!free && cut.count() == 0) {
        s.out(0, Const.of(Dims.with(v.dims(), b.axis(), 0), new float[0]));
        return;
      }
      v = free ? cutFree(s, v, b, cut) : cut(s, v, List.of(cut));
    }
    s.out(0, Lowering.typed(v, x));
  }

  /**
   * Returns a value sliced along an axis of dynamic size, by bounds that are correct for any size.
   */
  private static Value cutFree(Site s, Value v, Slices.Bounds b, Slices.Cut cut) {
    if (b.isAll()) {
      return v;
    }
    if (b.step() < 1 || b.step() > Integer.MAX_VALUE) {
      throw new Refusal(
          "step " + b.step() + " of dynamic axis " + b.axis() + " is outside [1, 2^31 - 1]");
    }
    Site.Form in = s.form(v, b.axis());
    Slice layer = new Slice(in.axis(b.axis()), bound(b.start()), bound(b.end()), (int) b.step());
    return s.made(s.layer(layer, in.node()), Dims.with(v.dims(), b.axis(), cut.count()));
  }

  /** Clamps a bound to the range of int. */
  private static int bound(long at) {
    return (int) Math.min(Math.max(at, Integer.MIN_VALUE), Integer.MAX_VALUE);
  }

  private static void split(Site s) {
    Value x = s.value(0);
    Const lengths = s.optional(1, "the lengths");
    List<Slices.Cut> parts = Slices.parts(s.node, lengths, x.dims());
    for (int i = 0; i < parts.size(); i++) {
      s.out(i, Lowering.typed(cut(s, x, List.of(parts.get(i))), x));
    }
  }

  /** Returns a value sliced along some of its axes. */
  static Value cut(Site s, Value x, List<Slices.Cut> cuts) {
    Value v = x;
    for (Slices.Cut cut : cuts) {
      long size = v.dims()[cut.axis()];
      if (cut.count() == size && cut.step() == 1) {
        continue;
      }
      if (cut.count() < 1) {
        throw new Refusal("an empty slice of axis " + cut.axis() + " is not supported");
      }
      long[] dims = Dims.with(v.dims(), cut.axis(), cut.count());
      Site.Form in = s.form(v, cut.axis());
      int axis = in.axis(cut.axis());
      if (cut.step() > 0) {
        int start = Math.toIntExact(cut.start());
        int end = Math.toIntExact(cut.start() + (cut.count() - 1) * cut.step() + 1);
        int step = cut.count() == 1 ? 1 : Math.toIntExact(cut.step());
        v = s.made(s.layer(new Slice(axis, start, end, step), in.node()), dims);
      } else {
        v = s.made(gathered(s, in.node(), axis, cut.indices()), dims);
      }
    }
    return v;
  }

  /**
   * Checks a number of indices along an axis, and returns it as an int.
   *
   * @throws Refusal if there are too many indices for a layer
   */
  static int places(long n) {
    if (n > MOST_PLACES) {
      throw new Refusal("an axis of " + n + " elements is too long to be selected by index");
    }
    return (int) n;
  }

  /** Returns whether the indices select all elements of an axis in ascending order. */
  static boolean areInOrder(long[] indices, long size) {
    boolean all = indices.length == size;
    for (int i = 0; i < indices.length && all; i++) {
      all = indices[i] == i;
    }
    return all;
  }

  /** Returns the elements of a sample at the given indices along an axis. */
  static String gathered(Site s, String node, int axis, long[] indices) {
    s.lowering().work().add(places(indices.length));
    Shape shape = s.parts.shapes.get(node);
    return areInOrder(indices, shape.dim(axis))
        ? node
        : s.layer(
            new Gather(axis, Arrays.stream(indices).mapToObj(Math::toIntExact).toList()), node);
  }

  private static void gather(Site s) {
    Value x = s.value(0);
    Const at = s.constant(1, "the indices");
    int axis = Dims.axis(s.attributes().number("axis", 0), x.rank());
    Site.Form in = s.form(x, axis);
    long[] indices = Indices.within(at.longs(), x.dims()[axis]);
    String made = gathered(s, in.node(), in.axis(axis), indices);
    s.out(0, Lowering.typed(s.made(made, Indices.gathered(x.dims(), axis, at.dims())), x));
  }

  private static void expand(Site s) {
    Value x = s.value(0);
    long[] to = Dims.broadcast(x.dims(), s.constant(1, "the shape").longs());
    s.out(0, Lowering.typed(stretched(s, x, to), x));
  }

  /** Broadcasts a value to a shape, by NumPy's rules. */
  static Value stretched(Site s, Value x, long[] to) {
    Value v = s.made(x.node(), Dims.padded(x.dims(), to.length));
    for (int axis = 0; axis < to.length; axis++) {
      if (v.dims()[axis] != to[axis]) {
        Site.Form in = s.form(v, axis);
        long[] zeros = new long[places(to[axis])];
        v =
            s.made(
                gathered(s, in.node(), in.axis(axis), zeros), Dims.with(v.dims(), axis, to[axis]));
      }
    }
    return v;
  }

  private static void tile(Site s) {
    Value v = s.value(0);
    long[] repeats = s.constant(1, "the repeats").longs();
    if (repeats.length != v.rank()) {
      throw new Refusal("repeats has " + repeats.length + " values for " + v.rank() + " axes");
    }
    for (int axis = 0; axis < repeats.length; axis++) {
      long size = v.dims()[axis];
      if (repeats[axis] != 1) {
        Site.Form in = s.form(v, axis);
        long[] dims = Dims.with(v.dims(), axis, Math.multiplyExact(size, repeats[axis]));
        s.lowering().canonical(dims);
        places(dims[axis]);
        long[] at = LongStream.range(0, dims[axis]).map(i -> i % size).toArray();
        v = s.made(gathered(s, in.node(), in.axis(axis), at), dims);
      }
    }
    s.out(0, v);
  }

  private static int blocks(Site s) {
    return Math.toIntExact(s.attributes().number("blocksize", 0));
  }

  private static void depthToSpace(Site s) {
    Value x = s.value(0);
    long b = blocks(s);
    long[] d = x.dims();
    if (x.rank() != 4 || b < 1 || d[1] % (b * b) != 0) {
      throw new Refusal(
          "blocksize " + b + " does not divide the axes of shape " + Arrays.toString(d));
    }
    long c = d[1] / (b * b);
    boolean columnFirst = s.attributes().text("mode", "DCR").equals("DCR");
    String in = s.samples(x).node();
    String apart =
        s.parts.reshape(
            in, columnFirst ? Shape.of(b, b, c, d[2], d[3]) : Shape.of(c, b, b, d[2], d[3]));
    List<Integer> order = columnFirst ? List.of(2, 3, 0, 4, 1) : List.of(0, 3, 1, 4, 2);
    s.out(s.layer(new Permute(order), apart), d[0], c, d[2] * b, d[3] * b);
  }

  private static void spaceToDepth(Site s) {
    Value x = s.value(0);
    long b = blocks(s);
    long[] d = x.dims();
    if (x.rank() != 4 || b < 1 || d[2] % b != 0 || d[3] % b != 0) {
      throw new Refusal(
          "blocksize " + b + " does not divide the axes of shape " + Arrays.toString(d));
    }
    String apart = s.parts.reshape(s.samples(x).node(), Shape.of(d[1], d[2] / b, b, d[3] / b, b));
    String made = s.layer(new Permute(List.of(2, 4, 0, 1, 3)), apart);
    s.out(made, d[0], d[1] * b * b, d[2] / b, d[3] / b);
  }
}
