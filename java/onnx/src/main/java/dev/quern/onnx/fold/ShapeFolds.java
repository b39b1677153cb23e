package dev.quern.onnx.fold;

import dev.quern.onnx.graph.Attributes;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Constant folding of operators that rearrange elements, or create elements from a shape. */
final class ShapeFolds {
  private ShapeFolds() {}

  static void addTo(Map<String, Fold.Rule> rules) {
    rules.put("Constant", (n, v, in) -> List.of(constant(n.attributes())));
    rules.put("ConstantOfShape", (n, v, in) -> List.of(ofShape(n, Fold.given(n, in, 0))));
    rules.put("Shape", (n, v, in) -> List.of(shape(n, Fold.given(n, in, 0).dims())));
    rules.put("Size", (n, v, in) -> List.of(size(Fold.given(n, in, 0))));
    rules.put("Identity", (n, v, in) -> List.of(Fold.given(n, in, 0)));
    rules.put("Dropout", ShapeFolds::dropout);
    rules.put("Range", ShapeFolds::range);
    rules.put("Gather", ShapeFolds::gather);
    rules.put("Concat", ShapeFolds::concat);
    rules.put("Slice", ShapeFolds::slice);
    rules.put("Split", ShapeFolds::split);
    rules.put("Transpose", ShapeFolds::transpose);
    rules.put("Reshape", ShapeFolds::reshape);
    rules.put("Flatten", ShapeFolds::flatten);
    rules.put("Squeeze", ShapeFolds::squeeze);
    rules.put("Unsqueeze", ShapeFolds::unsqueeze);
    rules.put("Expand", ShapeFolds::expand);
    rules.put("Tile", ShapeFolds::tile);
  }

  /** Returns the elements and a mask of them: all are kept, except in training. */
  private static List<Const> dropout(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    Const training = in.size() > 2 ? in.get(2) : null;
    if (training != null && training.scalar() != 0) {
      throw new Refusal("training_mode must be 0, found 1");
    }
    long[] all = new long[Fold.size(x.dims())];
    Arrays.fill(all, 1);
    return List.of(x, Const.of(Types.BOOL, x.dims(), all));
  }

  private static Const constant(Attributes a) {
    Const tensor = a.tensor("value");
    if (tensor != null) {
      return tensor;
    }
    if (a.has("value_float")) {
      return Const.of(new long[0], a.real("value_float", 0));
    }
    if (a.has("value_int")) {
      return Const.of(Types.INT64, new long[0], a.number("value_int", 0));
    }
    float[] reals = a.reals("value_floats");
    if (reals != null) {
      return Const.of(new long[] {reals.length}, reals);
    }
    long[] numbers = a.numbers("value_ints");
    if (numbers != null) {
      return Const.of(numbers);
    }
    throw new Refusal("it is a constant of " + a.names() + ", which is not supported");
  }

  private static Const ofShape(Node node, Const shape) {
    Const value = node.attributes().tensor("value");
    long[] dims = shape.longs();
    int n = Fold.size(dims);
    if (value != null && !value.isFloat()) {
      return value.take(dims, new int[n]);
    }
    float fill = value == null ? 0 : value.scalar();
    return new Const(Types.FLOAT, dims, () -> filled(n, fill));
  }

  private static float[] filled(int n, float value) {
    float[] out = new float[n];
    Arrays.fill(out, value);
    return out;
  }

  /** Returns the part of the dimensions that a Shape node selects. */
  static Const shape(Node node, long[] dims) {
    int from = bound(node.attributes().number("start", 0), dims.length);
    int to = bound(node.attributes().number("end", dims.length), dims.length);
    return Const.of(Arrays.copyOfRange(dims, from, Math.max(from, to)));
  }

  private static int bound(long at, int rank) {
    return (int) Math.min(Math.max(at < 0 ? at + rank : at, 0), rank);
  }

  private static Const size(Const x) {
    return Const.of(Types.INT64, new long[0], x.elements());
  }

  private static List<Const> range(Node node, long opset, List<@Nullable Const> in) {
    Const start = Fold.given(node, in, 0);
    Const limit = Fold.given(node, in, 1);
    Const delta = Fold.given(node, in, 2);
    if (delta.scalar() == 0) {
      throw new Refusal("a range's step is 0");
    }
    float from = start.scalar();
    float by = delta.scalar();
    if (start.isFloat()) {
      double steps = Math.ceil(((double) limit.scalar() - from) / by);
      float[] out = new float[Fold.size((long) Math.max(0, steps))];
      for (int i = 0; i < out.length; i++) {
        out[i] = from + i * by;
      }
      return List.of(Const.of(new long[] {out.length}, out));
    }
    long first = start.longs()[0];
    long step = delta.longs()[0];
    long span = Math.subtractExact(Fold.given(node, in, 1).longs()[0], first);
    long steps = span == 0 || span > 0 != step > 0 ? 0 : 1 + (Math.abs(span) - 1) / Math.abs(step);
    int n = Fold.size(steps);
    long[] out = LongStream.range(0, n).map(i -> first + i * step).toArray();
    return List.of(Const.of(start.type(), new long[] {n}, out));
  }

  private static List<Const> gather(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    Const at = Fold.given(node, in, 1);
    int axis = Dims.axis(node.attributes().number("axis", 0), x.rank());
    Const flat = Index.along(x, axis, Indices.within(at.longs(), x.dims()[axis]));
    return List.of(flat.as(Indices.gathered(x.dims(), axis, at.dims())));
  }

  private static List<Const> concat(Node node, long opset, List<@Nullable Const> in) {
    Const first = Fold.given(node, in, 0);
    int axis = Dims.axis(node.attributes().number("axis", opset < 4 ? 1 : 0), first.rank());
    long total = 0;
    for (int i = 0; i < in.size(); i++) {
      Const c = Fold.given(node, in, i);
      if (c.rank() != first.rank()
          || !Arrays.equals(Dims.with(c.dims(), axis, 0), Dims.with(first.dims(), axis, 0))) {
        throw new Refusal("constants " + first + " and " + c + " cannot be concatenated");
      }
      total += c.dims()[axis];
    }
    long[] to = Dims.with(first.dims(), axis, total);
    int n = Fold.size(to);
    long outer = Dims.elements(to, 0, axis);
    long inner = Dims.elements(to, axis + 1, to.length);
    float[] floats = first.isFloat() ? new float[n] : new float[0];
    long[] longs = first.isFloat() ? new long[0] : new long[n];
    int before = 0;
    for (int i = 0; i < in.size(); i++) {
      Const c = Fold.given(node, in, i);
      Object from = first.isFloat() ? c.floats() : c.longs();
      int run = (int) (c.dims()[axis] * inner);
      for (int o = 0; o < outer; o++) {
        System.arraycopy(
            from,
            o * run,
            first.isFloat() ? floats : longs,
            (int) (o * total * inner) + before,
            run);
      }
      before += run;
    }
    return List.of(first.isFloat() ? Const.of(to, floats) : Const.of(first.type(), to, longs));
  }

  private static List<Const> slice(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    for (Slices.Cut cut : Slices.of(node, in, x.dims())) {
      x = Index.along(x, cut.axis(), cut.indices());
    }
    return List.of(x);
  }

  private static List<Const> split(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    List<Const> parts = new ArrayList<>();
    for (Slices.Cut cut : Slices.parts(node, in.size() > 1 ? in.get(1) : null, x.dims())) {
      parts.add(Index.along(x, cut.axis(), cut.indices()));
    }
    return parts;
  }

  private static List<Const> transpose(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    return List.of(Index.transpose(x, Shapes.permutation(node, x.rank())));
  }

  private static List<Const> reshape(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    long[] wanted =
        in.size() > 1 ? Fold.given(node, in, 1).longs() : node.attributes().numbers("shape", 0);
    return List.of(x.as(Shapes.reshaped(node, x.dims(), wanted)));
  }

  private static List<Const> flatten(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    return List.of(x.as(Shapes.flattened(node, x.dims())));
  }

  private static List<Const> squeeze(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    return List.of(x.as(Shapes.squeezed(x.dims(), Shapes.axes(node, in))));
  }

  private static List<Const> unsqueeze(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    long[] axes = Shapes.axes(node, in);
    return List.of(x.as(Shapes.unsqueezed(x.dims(), axes == null ? new long[0] : axes)));
  }

  private static List<Const> expand(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    return List.of(Index.broadcast(x, Dims.broadcast(x.dims(), Fold.given(node, in, 1).longs())));
  }

  private static List<Const> tile(Node node, long opset, List<@Nullable Const> in) {
    Const x = Fold.given(node, in, 0);
    long[] repeats = Fold.given(node, in, 1).longs();
    if (repeats.length != x.rank()) {
      throw new Refusal("repeats has " + repeats.length + " values for " + x.rank() + " axes");
    }
    for (int axis = 0; axis < repeats.length; axis++) {
      long size = x.dims()[axis];
      Fold.size(Dims.with(x.dims(), axis, Math.multiplyExact(size, repeats[axis])));
      x =
          Index.along(
              x, axis, LongStream.range(0, size * repeats[axis]).map(i -> i % size).toArray());
    }
    return List.of(x);
  }
}
