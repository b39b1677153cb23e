package dev.quern.quantize;

import dev.quern.layer.BatchNorm2d;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.activation.Relu;
import dev.quern.layer.activation.Relu6;
import dev.quern.layer.math.Add;
import dev.quern.layer.math.Multiply;
import dev.quern.network.Network;
import dev.quern.plan.build.ByteUse;
import dev.quern.plan.build.ByteValues;
import dev.quern.tensor.Shape;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Selects the values that become int8, starting with the inputs of quantized layers. A chain of
 * convolution, batch normalization, addition and ReLU writes int8 if the addend is int8 as well.
 * Average pooling, sums and elementwise functions map int8 to int8; their inputs become int8 if
 * this needs no additional pass over memory. Concatenated values share one range.
 */
final class Placement {
  private final Graph graph;
  private final Set<String> quantized;

  /** The int8 values; each is mapped to the first value with which it shares a range. */
  private final Map<String, String> first = new LinkedHashMap<>();

  /** Cached results of {@link #isMade}. */
  private final Map<String, Boolean> made = new HashMap<>();

  /**
   * Selects the int8 values.
   *
   * @param quantized the names of the quantized layers
   */
  Placement(Graph graph, Set<String> quantized) {
    this.graph = graph;
    this.quantized = quantized;
    for (Network.Node n : graph.network.nodes()) {
      if (quantized.contains(n.name())) {
        want(n.inputs().get(0));
      }
    }
  }

  /** Returns the int8 values; each is mapped to the first value with which it shares a range. */
  Map<String, String> ranges() {
    return first;
  }

  /** Returns the value whose quantization range applies to {@code value}. */
  String range(String value) {
    return first.get(graph.sources(value).get(0));
  }

  /**
   * Returns the bounds to which a value's range is limited if a single function reads it; otherwise
   * {@link Crops#NONE}.
   */
  Crops crops(String value) {
    Network.Node reader = graph.onlyReader(value);
    while (reader != null && ByteValues.use(reader.layer()) == ByteUse.PASSES) {
      reader = graph.onlyReader(reader.name());
    }
    return reader == null ? Crops.NONE : Crops.of(reader.layer());
  }

  private void want(String value) {
    List<String> sources = graph.sources(value);
    for (String source : sources) {
      if (first.putIfAbsent(source, source) == null) {
        for (String operand : operands(source)) {
          want(operand);
          if (isRectified(source, operand)) {
            join(range(operand), first.get(source));
          }
        }
      }
    }
    for (String source : sources) {
      join(first.get(sources.get(0)), first.get(source));
    }
  }

  private void join(String one, String other) {
    if (!one.equals(other)) {
      first.replaceAll((value, range) -> range.equals(other) ? one : range);
    }
  }

  /**
   * Returns whether {@code value} is a ReLU of {@code operand} and can use the operand's range.
   * This is possible if only the ReLU reads the operand, because numbers below 0 then need no int8
   * values.
   */
  private boolean isRectified(String value, String operand) {
    Network.Node n = graph.node(value);
    return rectifies(n.layer())
        && n.inputs().contains(operand)
        && graph.sources(operand).stream().noneMatch(s -> crops(s).equals(Crops.NONE));
  }

  /**
   * Returns the inputs that must be int8 so that a value is computed in int8; empty if no such
   * input is needed or available.
   */
  private List<String> operands(String value) {
    Network.Node n = graph.node(value);
    String added = added(value);
    if (n == null || added != null) {
      return added == null ? List.of() : List.of(added);
    }
    if (chain(value)) {
      return List.of();
    }
    Network.Node pair = pair(value);
    List<String> in = pair == null ? n.inputs() : pair.inputs();
    boolean takes = pair != null || ofBytes(n.layer());
    return takes && in.stream().allMatch(this::isCheap) ? in : List.of();
  }

  /** Returns whether a layer with one input can compute int8 from int8. */
  private static boolean ofBytes(Layer layer) {
    ByteUse use = ByteValues.use(layer);
    return use == ByteUse.MAPS || use == ByteUse.AVERAGES;
  }

  /**
   * Returns whether a value can become int8 without an additional pass over memory: its readers
   * support int8, and the operation that computes it can write int8.
   */
  private boolean isCheap(String value) {
    return graph.sources(value).stream()
        .allMatch(s -> first.containsKey(s) || isReadInBytes(s, new HashSet<>()) && isMade(s));
  }

  /**
   * Returns whether the operation that computes a value can write int8; false for inputs of the
   * network.
   */
  private boolean isMade(String source) {
    Boolean known = made.get(source);
    if (known == null) {
      known = graph.node(source) != null && (chain(source) || !operands(source).isEmpty());
      made.put(source, known);
    }
    return known;
  }

  private boolean isReadInBytes(String value, Set<String> met) {
    if (!met.add(value)) {
      return true;
    }
    return !graph.network.outputs().contains(value)
        && graph.readers(value).stream().allMatch(n -> readsBytes(n, met));
  }

  private boolean readsBytes(Network.Node n, Set<String> met) {
    Layer layer = n.layer();
    ByteUse use = ByteValues.use(layer);
    if (use == ByteUse.PASSES || use == ByteUse.CONCATENATES) {
      return isReadInBytes(n.name(), met);
    }
    return quantized.contains(n.name()) || ofBytes(layer) || joins(layer);
  }

  private static boolean rectifies(Layer layer) {
    return layer instanceof Relu || layer instanceof Relu6;
  }

  /**
   * Returns the node that computes a value, skipping a final ReLU. If other nodes also read the
   * ReLU's input, returns null.
   */
  private Network.@Nullable Node ahead(String value) {
    Network.Node last = graph.node(value);
    if (last != null && rectifies(last.layer())) {
      String before = last.inputs().get(0);
      return graph.onlyReader(before) == null ? null : graph.node(before);
    }
    return last;
  }

  private static boolean joins(Layer layer) {
    return ByteValues.use(layer) == ByteUse.JOINS;
  }

  /**
   * Returns the node that computes a value as the sum or product of two int8 values, possibly
   * followed by ReLU; null if there is none. The inputs must have equal shapes, or one of them must
   * be a factor per channel.
   */
  private Network.@Nullable Node pair(String value) {
    Network.Node n = ahead(value);
    if (n == null || !joins(n.layer()) || n.inputs().size() != 2) {
      return null;
    }
    Shape out = graph.shape(n.name());
    boolean perChannel = n.layer() instanceof Multiply && out.rank() == 3;
    Shape factor = perChannel ? Shape.of(out.dim(0), 1, 1) : out;
    List<Shape> in = n.inputs().stream().map(graph::shape).toList();
    boolean each = in.stream().allMatch(s -> s.equals(out) || s.equals(factor));
    return each && in.contains(out) ? n : null;
  }

  /**
   * Returns whether a quantized convolution computes a value, possibly followed by batch
   * normalization and ReLU.
   */
  private boolean chain(String value) {
    Network.Node n = ahead(value);
    if (n != null && n.layer() instanceof BatchNorm2d) {
      String before = n.inputs().get(0);
      n = graph.onlyReader(before) == null ? null : graph.node(before);
    }
    return n != null && n.layer() instanceof Conv2d && quantized.contains(n.name());
  }

  /** Returns the addend of the fused chain that computes a value; null without an addition. */
  private @Nullable String added(String value) {
    Network.Node last = ahead(value);
    if (last == null || !(last.layer() instanceof Add) || last.inputs().size() != 2) {
      return null;
    }
    List<String> in = last.inputs();
    int one = place(in.get(0));
    int other = place(in.get(1));
    if (Math.min(one, other) == Integer.MAX_VALUE) {
      return null;
    }
    // if both operands are chains, the first chain adds the output of the second
    return in.get(one < other ? 1 : 0);
  }

  /**
   * Returns the index of the quantized convolution that computes {@code operand}, possibly with
   * batch normalization; {@code Integer.MAX_VALUE} if there is none or if other nodes read the
   * operand.
   */
  private int place(String operand) {
    Network.Node n = graph.onlyReader(operand) == null ? null : graph.node(operand);
    if (n != null && n.layer() instanceof BatchNorm2d) {
      String before = n.inputs().get(0);
      n = graph.onlyReader(before) == null ? null : graph.node(before);
    }
    boolean begins = n != null && n.layer() instanceof Conv2d && quantized.contains(n.name());
    return begins ? graph.place(n.name()) : Integer.MAX_VALUE;
  }
}
