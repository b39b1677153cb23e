package dev.quern.onnx.lower;

import dev.quern.layer.recurrent.Direction;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.layer.shape.Concat;
import dev.quern.layer.shape.Slice;
import dev.quern.onnx.graph.BatchPlace;
import dev.quern.onnx.graph.Const;
import dev.quern.onnx.graph.Node;
import dev.quern.onnx.graph.Operand;
import dev.quern.onnx.graph.RecurrentNode;
import dev.quern.onnx.graph.Refusal;
import dev.quern.onnx.graph.Types;
import dev.quern.onnx.graph.Value;
import dev.quern.tensor.Shape;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * Rules for ONNX's LSTM, GRU and RNN. Their input is {@code [steps, batch, features]}: the batch is
 * a moved one, see {@link MovedBatch}, or it has one sample. The outputs are the states of all
 * steps {@code [steps, directions, batch, hidden]}, the last hidden state {@code [directions,
 * batch, hidden]} and, for LSTM, the last cell state.
 */
final class RecurrentRules {
  private static final Set<String> OPS = Set.of("LSTM", "GRU", "RNN");

  /** Stores an output of a node, which a layer's sample contains. */
  private interface Outputs {
    /**
     * @param batch the axis of the batch
     */
    void put(int output, String made, long[] dims, int batch);
  }

  private RecurrentRules() {}

  static void addTo(Map<String, Rule> rules) {
    OPS.forEach(op -> rules.put(op, RecurrentRules::recurrent));
  }

  static boolean isRecurrent(Node node) {
    return OPS.contains(node.qualified()) && node.hasInput(0);
  }

  /** Converts a node whose input's batch is not the first axis. */
  static void moved(Site s, MovedBatch batches) {
    Value x = sequence(s);
    RecurrentNode node = node(s, x);
    BatchPlace place = batches.place(s.node.inputs().get(0));
    if (s.lowering().origins() != null) {
      throw new Refusal("a size is dynamic, and its input's batch is not the first axis");
    }
    if (place.axis() != 1 || !place.isWhole(x.dims(), s.lowering().batch())) {
      throw new Refusal("it mixes samples of a batch");
    }
    lower(
        s,
        node,
        x,
        (i, made, dims, batch) -> {
          if (s.node.hasOutput(i)) {
            String name = s.node.outputs().get(i);
            batches.put(name, made, dims, Types.FLOAT, new BatchPlace(batch, 1));
          }
        });
  }

  private static void recurrent(Site s) {
    Value x = sequence(s);
    RecurrentNode node = node(s, x);
    if (s.lowering().lead() > 0) {
      throw new Refusal("it mixes samples of a batch: its first axis is the steps, not the batch");
    }
    if (x.dims()[1] != 1) {
      throw new Refusal("its batch of " + x.dims()[1] + " must be 1 or dynamic");
    }
    Value full = new Value(s.full(x).node(), x.dims(), x.type());
    lower(s, node, full, (i, made, dims, batch) -> s.out(i, s.made(made, dims)));
  }

  private static Value sequence(Site s) {
    Value x = s.value(0);
    if (x.rank() != 3) {
      throw new Refusal(
          "its input of shape " + Arrays.toString(x.dims()) + " must be [steps, batch, features]");
    }
    return x;
  }

  /** Returns the node as a layer; its options are checked before the place of its batch. */
  private static RecurrentNode node(Site s, Value x) {
    lengths(s, x.dims()[0]);
    Const cell = null;
    if (s.node.op().equals("LSTM")) {
      cell = s.optional(6, "initial_c");
      peepholes(s);
    }
    RecurrentNode node =
        RecurrentNode.of(
            s.node,
            x.dims(),
            new RecurrentNode.Inputs(
                s.constant(1, "the weights W"),
                s.constant(2, "the weights R"),
                s.optional(3, "the biases B"),
                s.optional(5, "initial_h"),
                cell));
    node.weights().values().forEach(w -> s.lowering().work().add(w.length));
    return node;
  }

  private static void lower(Site s, RecurrentNode node, Value x, Outputs outputs) {
    long steps = x.dims()[0];
    long batch = x.dims()[1];
    Recurrent layer = node.layer();
    int directions = layer.direction().count();
    int hidden = layer.hiddenSize();
    String in = s.parts.reshape(x.node(), Shape.of(steps, x.dims()[2]));
    String all = s.layer(layer, node.weights(), in);
    if (s.node.hasOutput(0)) {
      outputs.put(0, all, new long[] {steps, directions, batch, hidden}, 2);
    }
    long[] state = {directions, batch, hidden};
    if (s.node.hasOutput(1)) {
      outputs.put(1, last(s, layer, all, steps), state, 1);
    }
    if (s.node.hasOutput(2) && layer instanceof Lstm lstm) {
      String cells = s.layer(lstm.cellState(true), node.weights(), in);
      outputs.put(2, last(s, layer, cells, steps), state, 1);
    }
  }

  /**
   * Returns the state after the sequence: the last row, or the first row of a reverse direction.
   */
  private static String last(Site s, Recurrent layer, String all, long steps) {
    int end = Math.toIntExact(steps);
    int hidden = layer.hiddenSize();
    if (layer.direction() == Direction.REVERSE) {
      return s.layer(new Slice(0, 0, 1), all);
    }
    String forward = s.layer(new Slice(0, end - 1, end), all);
    if (layer.direction() == Direction.FORWARD) {
      return forward;
    }
    String reverse = s.layer(new Slice(0, 0, 1), all);
    return s.layer(
        new Concat(1),
        s.layer(new Slice(1, 0, hidden), forward),
        s.layer(new Slice(1, hidden, 2 * hidden), reverse));
  }

  private static void lengths(Site s, long steps) {
    Operand lengths = s.operand(4);
    if (lengths == null) {
      return;
    }
    for (long length : s.constant(4, "sequence_lens").longs()) {
      if (length != steps) {
        throw new Refusal("sequence_lens (input 4) has " + length + ", expected " + steps);
      }
    }
  }

  private static void peepholes(Site s) {
    if (s.operand(7) != null) {
      for (float p : s.constant(7, "the peepholes P").floats()) {
        if (p != 0) {
          throw new Refusal("the peepholes P (input 7) must be 0");
        }
      }
    }
  }
}
