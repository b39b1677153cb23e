package dev.quern.onnx.lower;

import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.ScaledDotProductAttention;
import dev.quern.layer.activation.Softmax;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Matmul;
import dev.quern.layer.math.Multiply;
import dev.quern.layer.shape.Constant;
import dev.quern.layer.shape.Permute;
import dev.quern.layer.shape.Reshape;
import dev.quern.layer.shape.Slice;
import dev.quern.network.Network;
import dev.quern.onnx.graph.Dims;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Replaces decomposed scaled dot-product attention (two matrix products with a softmax between
 * them) by one layer. Surrounding transposes, slices and factors are traced back to the token
 * sequences, which the layer reads directly. A projection that is split into query, key and value
 * becomes one layer for each.
 */
final class JoinedAttention {
  /**
   * The maximum number of added values: a relative position bias, and the mask of shifted windows.
   */
  private static final int MOST_ADDED = 2;

  private final Parts parts;
  private final List<String> outputs;

  private JoinedAttention(Parts parts, List<String> outputs) {
    this.parts = parts;
    this.outputs = outputs;
  }

  /** Replaces all decomposed attention, and returns whether there was any. */
  static boolean run(Parts parts, List<String> outputs) {
    JoinedAttention joined = new JoinedAttention(parts, outputs);
    boolean any = false;
    for (Network.Node n : List.copyOf(parts.nodes.values())) {
      any |= n.layer() instanceof Matmul && joined.join(n);
    }
    if (any) {
      new Tidy(parts, outputs).run();
    }
    return any;
  }

  /**
   * The attention scores before the softmax: a matrix product, its scale, the node of its scales by
   * head, and the names of the values that are added to it.
   */
  private record Scores(
      Network.Node product, double scale, Network.@Nullable Node byHead, List<String> added) {}

  /** The numbers of windows and heads, and the sizes of the matrices of each head of a window. */
  record Sizes(int windows, int heads, long queries, long keys, long depth, long valueDepth) {}

  private boolean join(Network.Node n) {
    Scores scores = scores(n.inputs().get(0));
    if (scores == null) {
      return false;
    }
    View query = View.of(parts, scores.product.inputs().get(0));
    View key = View.of(parts, scores.product.inputs().get(1));
    View value = View.of(parts, n.inputs().get(1));
    int rank = query.sizes().length;
    if (rank > 4 || value.scale() != 1) {
      return false;
    }
    long[] q = query.sizes();
    long[] v = value.sizes();
    Sizes s =
        new Sizes(
            rank == 4 ? Math.toIntExact(q[0]) : 1,
            rank > 2 ? Math.toIntExact(q[rank - 3]) : 1,
            q[rank - 2],
            v[rank - 2],
            q[rank - 1],
            v[rank - 1]);
    double scale = scores.scale * query.scale() * key.scale();
    ScaledDotProductAttention layer = layer(s, scale);
    AddedScores added = AddedScores.of(parts, scores.added, s);
    if (layer == null || added == null || !isByHead(scores.byHead, s)) {
      return false;
    }
    List<String> inputs = new ArrayList<>();
    String queries = tokens("query", scores.product.inputs().get(0), query, s);
    inputs.add(scores.byHead == null ? queries : scaled(queries, scores.byHead, s));
    inputs.add(tokens("key", scores.product.inputs().get(1), key, s));
    inputs.add(tokens("value", n.inputs().get(1), value, s));
    if (added.mask() != null) {
      inputs.add(added.mask());
    }
    Map<String, float[]> weights = added.bias() == null ? Map.of() : Map.of("bias", added.bias());
    String made =
        parts.add(
            n.name() + "_attention",
            layer.causal(added.causal()).biasHeads(added.heads()),
            inputs,
            weights);
    back(n, made, s);
    return true;
  }

  /** Returns whether a node has one scale for each head. */
  private boolean isByHead(Network.@Nullable Node scales, Sizes s) {
    if (scales == null) {
      return true;
    }
    long[] dims = parts.shapes.get(scales.name()).toArray();
    int heads = dims.length - 3;
    return heads >= 0 && dims[heads] == s.heads && Dims.elements(dims) == s.heads;
  }

  /** Multiplies each head's features of the queries by the head's scale. */
  private String scaled(String queries, Network.Node scales, Sizes s) {
    float[] each = ((Constant) scales.layer()).values();
    int depth = Math.toIntExact(s.depth);
    float[] all = new float[s.heads * depth];
    for (int i = 0; i < all.length; i++) {
      all[i] = each[i / depth];
    }
    Constant factors = new Constant(Shape.of(1, all.length), all);
    String by = parts.add(queries + "_scales", factors, scales.inputs(), Map.of());
    return parts.add(queries + "_scaled", new Multiply(), List.of(queries, by), Map.of());
  }

  /**
   * Returns the attention layer for a scale; null if the scale, as a float, is 0, infinite or NaN.
   */
  private static @Nullable ScaledDotProductAttention layer(Sizes s, double scale) {
    double usual = 1 / Math.sqrt(s.depth);
    boolean isUsual = Math.abs(scale - usual) <= 1e-6 * usual;
    float factor = isUsual ? 0 : (float) scale;
    return !isUsual && factor == 0 || !Float.isFinite(factor)
        ? null
        : new ScaledDotProductAttention(s.heads).windows(s.windows).scale(factor);
  }

  /**
   * Returns the attention scores to which a softmax over the last axis was applied; null if the
   * value is not such a softmax.
   */
  private @Nullable Scores scores(String weights) {
    View w = View.of(parts, weights);
    Network.Node softmax = parts.nodes.get(w.root());
    if (softmax == null
        || !(softmax.layer() instanceof Softmax)
        || w.scale() != 1
        || w.offset() != 0
        || !isOnlyRead(weights, softmax.name())) {
      return null;
    }
    long keys = parts.shapes.get(softmax.name()).dim(0);
    long rows = parts.shapes.get(softmax.name()).elements() / keys;
    View by = w.elements() == rows * keys ? w.reshaped(rows, keys) : null;
    View of = View.of(parts, softmax.inputs().get(0)).reshaped(keys, rows);
    if (by == null
        || of == null
        || w.sizes()[w.sizes().length - 1] != keys
        || !by.strides(0, 1)
        || !by.strides(1, rows)
        || !of.strides(0, 1)
        || !of.strides(1, keys)
        || of.offset() != 0) {
      return null;
    }
    Shape shape = parts.shapes.get(of.root());
    boolean fits =
        shape.rank() >= 2 && shape.elements() == rows * keys && shape.dim(shape.rank() - 1) == keys;
    return fits ? product(of.root(), of.scale(), null, List.of()) : null;
  }

  private @Nullable Scores product(
      String name, double scale, Network.@Nullable Node byHead, List<String> added) {
    Network.Node n = parts.nodes.get(name);
    if (n == null) {
      return null;
    }
    if (n.layer() instanceof Matmul) {
      return new Scores(n, scale, byHead, added);
    }
    if (n.layer() instanceof Multiply && n.inputs().size() == 2 && byHead == null && scale == 1) {
      for (String one : n.inputs()) {
        Network.Node scales = parts.nodes.get(one);
        if (scales != null && scales.layer() instanceof Constant) {
          return product(Joining.other(n, one), 1, scales, added);
        }
      }
    }
    if (!(n.layer() instanceof Add)
        || n.inputs().size() != 2
        || added.size() == MOST_ADDED
        || byHead != null
        || scale != 1) {
      return null;
    }
    for (String one : n.inputs()) {
      View v = View.of(parts, one);
      Network.Node of = parts.nodes.get(v.root());
      boolean whole =
          new View(v.root(), v.sizes(), v.strides(), v.offset(), 1)
              .isWhole(parts.shapes.get(v.root()));
      boolean scores =
          of != null
              && (of.layer() instanceof Matmul
                  || of.layer() instanceof Add
                  || of.layer() instanceof Multiply);
      if (scores && whole) {
        List<String> all = new ArrayList<>(added);
        all.add(Joining.other(n, one));
        Scores found = product(v.root(), v.scale(), null, all);
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  /** Returns whether a value, and all values between it and its root, have no other readers. */
  private boolean isOnlyRead(String name, String root) {
    String at = name;
    while (readers(at) == 1 && !outputs.contains(at)) {
      if (at.equals(root)) {
        return true;
      }
      at = parts.nodes.get(at).inputs().get(0);
    }
    return false;
  }

  private long readers(String name) {
    return parts.nodes.values().stream()
        .flatMap(n -> n.inputs().stream())
        .filter(name::equals)
        .count();
  }

  /**
   * Returns the token sequence {@code [windows * tokens, heads * depth]} for a value with one
   * matrix per head of each window. The matrices of keys are transposed.
   *
   * @param what the role: query, key or value; part of the layers' names
   */
  private String tokens(String what, String name, View v, Sizes s) {
    boolean turned = what.equals("key");
    int rank = v.sizes().length;
    int tokens = turned ? rank - 1 : rank - 2;
    int features = turned ? rank - 2 : rank - 1;
    long count = v.sizes()[tokens] * s.windows;
    long depth = v.sizes()[features];
    long width = s.heads * depth;
    long all = parts.shapes.get(v.root()).elements();
    long row = count == 1 ? all : all / count;
    boolean regular =
        v.strides(features, 1)
            && (rank == 2 || v.strides(rank - 3, depth))
            && v.strides(tokens, row)
            && (rank < 4 || v.strides(0, row * v.sizes()[tokens]))
            && row * count == all
            && v.offset() + width <= row;
    if (regular) {
      return row == width
          ? reshaped(v.root(), count, width)
          : part(what, v.root(), count, row, v.offset(), width);
    }
    if (rank == 2) {
      return turned
          ? parts.add(name + "_" + what, new Permute(1, 0), List.of(name), Map.of())
          : name;
    }
    Permute order =
        rank == 4
            ? turned ? new Permute(0, 3, 1, 2) : new Permute(0, 2, 1, 3)
            : turned ? new Permute(2, 0, 1) : new Permute(1, 0, 2);
    return reshaped(parts.add(name + "_" + what, order, List.of(name), Map.of()), count, width);
  }

  /** Returns a range of features of each token as a layer: a slice, or a smaller linear layer. */
  private String part(String what, String root, long count, long row, long first, long width) {
    Network.Node made = parts.nodes.get(root);
    if (made != null
        && made.layer() instanceof Linear linear
        && linear.outFeatures() == row
        && !outputs.contains(root)) {
      return linear(what, made, linear, count, first, width);
    }
    String rows = reshaped(root, count, row);
    Layer slice = new Slice(1, Math.toIntExact(first), Math.toIntExact(first + width), 1);
    return parts.add(root + "_" + what, slice, List.of(rows), Map.of());
  }

  /** Adds a linear layer that computes a range of the features of another linear layer. */
  private String linear(
      String what, Network.Node of, Linear whole, long count, long first, long width) {
    String in = of.inputs().get(0);
    long features = parts.shapes.get(in).elements() / count;
    float[] weight = parts.weights.get(of.name() + ".weight");
    int from = Math.toIntExact(first);
    int to = Math.toIntExact(first + width);
    int each = Math.toIntExact(features);
    Map<String, float[]> weights = new HashMap<>();
    weights.put("weight", Arrays.copyOfRange(weight, from * each, to * each));
    if (whole.bias()) {
      float[] bias = parts.weights.get(of.name() + ".bias");
      weights.put("bias", Arrays.copyOfRange(bias, from, to));
    }
    Linear part = new Linear(Math.toIntExact(width), whole.bias());
    String rows = reshaped(in, count, features);
    return parts.add(of.name() + "_" + what, part, List.of(rows), weights);
  }

  private String reshaped(String name, long... to) {
    Shape shape = Shape.of(to);
    if (parts.shapes.get(name).equals(shape)) {
      return name;
    }
    int[] dims = Arrays.stream(to).mapToInt(Math::toIntExact).toArray();
    return parts.add(name + "_rows", new Reshape(dims), List.of(name), Map.of());
  }

  /**
   * Replaces the second matrix product by the output of the attention layer, reshaped to one matrix
   * per head.
   */
  private void back(Network.Node n, String made, Sizes s) {
    if (parts.shapes.get(n.name()).rank() == 2) {
      int[] dims = {Math.toIntExact(s.queries), Math.toIntExact(s.valueDepth)};
      parts.nodes.put(n.name(), new Network.Node(n.name(), new Reshape(dims), List.of(made)));
      return;
    }
    if (parts.shapes.get(n.name()).rank() == 4) {
      String apart = reshaped(made, s.windows, s.queries, s.heads, s.valueDepth);
      Permute order = new Permute(0, 2, 1, 3);
      parts.nodes.put(n.name(), new Network.Node(n.name(), order, List.of(apart)));
      return;
    }
    String heads = reshaped(made, s.queries, s.heads, s.valueDepth);
    parts.nodes.put(n.name(), new Network.Node(n.name(), new Permute(1, 0, 2), List.of(heads)));
  }
}
