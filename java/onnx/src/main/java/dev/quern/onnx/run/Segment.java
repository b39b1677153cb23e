package dev.quern.onnx.run;

import dev.quern.internal.Usage;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Dims;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.lower.Importer;
import dev.quern.onnx.lower.RefusedNodes;
import dev.quern.predict.Model;
import dev.quern.tensor.Tensor;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Nodes that one network computes, for inputs of certain dimensions. */
final class Segment implements AutoCloseable {
  private final List<Node> asked;
  private final Piece piece;
  private final boolean anyBatch;
  private final Importer.Part part;
  private final @Nullable Model model;
  private final SegmentMemory.Kept memory = new SegmentMemory.Kept();
  private final Usage usage = new Usage("onnx network", this);

  private Segment(List<Node> asked, Piece piece, boolean anyBatch, Importer.Part part) {
    this.asked = asked;
    this.piece = piece;
    this.anyBatch = anyBatch;
    this.part = part;
    model = part.model() == null ? null : Model.of(part.model());
  }

  /**
   * Builds the network of some nodes, or of those among them that process a batch.
   *
   * @param read the names of values that are read elsewhere
   * @throws RefusedNodes if the network cannot compute some of the nodes
   */
  static Segment of(
      String name, long opset, List<Node> nodes, Map<String, Known> known, Set<String> read) {
    Piece all = new Piece(name, opset, nodes, known, read);
    Set<String> reads = new HashSet<>(read);
    nodes.forEach(n -> reads.addAll(n.inputs()));
    for (Piece piece = all; piece != null; ) {
      Importer.Part part = piece.batched();
      if (part != null) {
        return new Segment(nodes, piece, true, part);
      }
      List<Node> some = piece.unmixed();
      boolean fewer = !some.isEmpty() && some.size() < piece.nodes().size();
      piece = fewer ? new Piece(name, opset, some, known, reads) : null;
    }
    try {
      return new Segment(nodes, all, false, all.fixed());
    } catch (RefusedNodes e) {
      Segment some = ofSameBatch(name, opset, all, known, reads);
      if (some == null) {
        throw e;
      }
      return some;
    }
  }

  /**
   * Returns the network of those nodes that process the samples of one batch, where inputs have
   * different batches; null if there are none.
   */
  private static @Nullable Segment ofSameBatch(
      String name, long opset, Piece all, Map<String, Known> known, Set<String> reads) {
    for (long batch : all.batches()) {
      List<Node> some = all.ofBatch(batch);
      while (!some.isEmpty() && some.size() < all.nodes().size()) {
        Piece piece = new Piece(name, opset, some, known, reads);
        Importer.Part part = piece.batched();
        if (part != null) {
          return new Segment(all.nodes(), piece, true, part);
        }
        List<Node> fewer = piece.unmixed();
        some = fewer.size() < some.size() ? fewer : List.of();
      }
    }
    return null;
  }

  /** Returns the nodes that the network computes. */
  List<Node> nodes() {
    return piece.nodes();
  }

  /** Returns whether no other run can use this network. */
  boolean isForOneRun() {
    return piece.isForOneRun();
  }

  /** Returns the counter of the runs that use this network. */
  Usage usage() {
    return usage;
  }

  /** Returns whether this network was built for these nodes and values of these sizes. */
  boolean fits(List<Node> others, Map<String, Known> known) {
    if (others.size() != asked.size()) {
      return false;
    }
    for (int i = 0; i < asked.size(); i++) {
      if (others.get(i) != asked.get(i)) {
        return false;
      }
    }
    return fitInputs(known)
        && piece.bound().entrySet().stream()
            .allMatch(e -> same(e.getValue(), known.get(e.getKey()).value()));
  }

  private boolean fitInputs(Map<String, Known> known) {
    long batch = -1;
    for (Map.Entry<String, long[]> e : piece.dims().entrySet()) {
      Known k = known.get(e.getKey());
      long[] own = k.value().dims();
      if (!k.isInput() || own.length != e.getValue().length) {
        return false;
      }
      if (anyBatch) {
        if (batch >= 0 && batch != own[0]) {
          return false;
        }
        batch = own[0];
        own = Dims.with(own, 0, e.getValue()[0]);
      }
      if (!Arrays.equals(own, e.getValue())) {
        return false;
      }
    }
    return true;
  }

  private static boolean same(Const a, Const b) {
    return a.type() == b.type()
        && Arrays.equals(a.dims(), b.dims())
        && (a.isFloat()
            ? Arrays.equals(a.floats(), b.floats())
            : Arrays.equals(a.longs(), b.longs()));
  }

  /** Computes the outputs. */
  Map<String, Known> run(Map<String, Known> known) {
    Map<String, Known> all = new HashMap<>();
    part.outputs()
        .forEach(
            (name, o) -> {
              if (o instanceof Const c) {
                all.put(name, new Known(c, false, false));
              }
            });
    if (model != null) {
      predict(model, known, all);
    }
    return all;
  }

  private void predict(Model network, Map<String, Known> known, Map<String, Known> all) {
    long batch =
        anyBatch ? known.get(piece.dims().keySet().iterator().next()).value().dims()[0] : 1;
    if (batch == 0) {
      part.layers().keySet().forEach(name -> all.put(name, value(name, 0, new float[0])));
      return;
    }
    SegmentMemory tensors = memory.take(network.network(), batch);
    boolean finished = false;
    try {
      part.inputs()
          .forEach(
              (port, input) -> {
                Tensor to = tensors.inputs().get(input);
                if (piece.dims().containsKey(port)) { // else zeros, which nobody writes
                  to.copyFrom(known.get(port).value().floats());
                }
              });
      network.predict(tensors.inputs(), tensors.outputs());
      part.layers()
          .forEach(
              (name, layer) ->
                  all.put(name, value(name, batch, tensors.outputs().get(layer).toArray())));
      finished = true;
    } finally {
      if (finished) {
        memory.giveBack(tensors);
      } else {
        tensors.close();
      }
    }
  }

  private Known value(String name, long batch, float[] values) {
    Operand o = part.outputs().get(name);
    long[] own = anyBatch ? Dims.with(o.dims(), 0, batch) : o.dims();
    if (Types.isFloat(o.type())) {
      return Known.data(Const.of(own, values));
    }
    long[] whole = new long[values.length];
    for (int i = 0; i < whole.length; i++) {
      whole[i] = (long) values[i];
    }
    return Known.data(Const.of(o.type(), own, whole));
  }

  @Override
  public void close() {
    usage.closeWhenFree(
        () -> {
          memory.close();
          if (model != null) {
            model.close();
          }
        });
  }
}
