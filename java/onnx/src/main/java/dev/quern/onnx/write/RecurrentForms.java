package dev.quern.onnx.write;

import dev.quern.layer.recurrent.Direction;
import dev.quern.layer.recurrent.Gru;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.layer.recurrent.Rnn;
import dev.quern.onnx.graph.RecurrentNode;
import dev.quern.onnx.graph.Refusal;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The ONNX forms of recurrent layers: LSTM, GRU and RNN, whose inputs have the steps first. */
final class RecurrentForms {
  private RecurrentForms() {}

  static void addTo(LayerForms forms) {
    forms
        .add(Lstm.class, RecurrentForms::lstm)
        .add(
            Gru.class,
            (l, n) -> recurrent("GRU", l, n, y -> y.with("linear_before_reset", flag(l))))
        .add(Rnn.class, (l, n) -> recurrent("RNN", l, n, y -> y.with("activations", names(l))));
  }

  /** Adds attributes to a node. */
  private interface Attributes {
    Value add(Value y);
  }

  private static Value lstm(Lstm l, NodeWriter n) {
    if (l.cellState()) {
      throw new Refusal("ONNX's LSTM does not return the cell states of all steps");
    }
    return recurrent("LSTM", l, n, y -> y);
  }

  private static long flag(Gru l) {
    return l.linearBeforeReset() ? 1 : 0;
  }

  private static String[] names(Rnn l) {
    String name = l.nonlinearity() == Rnn.Nonlinearity.RELU ? "Relu" : "Tanh";
    return l.direction() == Direction.BIDIRECTIONAL
        ? new String[] {name, name}
        : new String[] {name};
  }

  private static Value recurrent(String op, Recurrent l, NodeWriter n, Attributes attributes) {
    long directions = l.direction().count();
    long hidden = l.hiddenSize();
    long units = l.gates() * hidden;
    int[] order = inverse(RecurrentNode.order(op));
    List<Value> in = new ArrayList<>();
    in.add(n.op("Transpose", n.in()).with("perm", 1, 0, 2));
    in.add(
        weights(l, n, "W", Shape.of(directions, units, n.shape().dim(1)), order, "weight_ih_l0"));
    in.add(weights(l, n, "R", Shape.of(directions, units, hidden), order, "weight_hh_l0"));
    in.add(
        l.bias()
            ? weights(l, n, "B", Shape.of(directions, 2 * units), order, "bias_ih_l0", "bias_hh_l0")
            : Value.NONE);
    if (l.initialState()) {
      in.add(Value.NONE); // the lengths of sequences
      in.add(state(l, n, "h_0"));
      if (l instanceof Lstm) {
        in.add(state(l, n, "c_0"));
      }
    }
    Value y =
        attributes.add(
            n.op(op, in)
                .with("hidden_size", hidden)
                .with("direction", l.direction().name().toLowerCase(Locale.ROOT)));
    Value rows = n.op("Transpose", y).with("perm", 2, 0, 1, 3);
    return n.reshape(rows, 0, directions * hidden); // 0 keeps the number of steps
  }

  private static int[] inverse(int... order) {
    int[] out = new int[order.length];
    for (int i = 0; i < order.length; i++) {
      out[order[i]] = i;
    }
    return out;
  }

  /** Adds the parameters of all directions as one tensor, with gates in ONNX's order. */
  private static Value weights(
      Recurrent l, NodeWriter n, String what, Shape shape, int[] order, String... parameters) {
    float[] all = new float[Math.toIntExact(shape.elements())];
    int at = 0;
    for (int i = 0; i < l.direction().count(); i++) {
      for (String parameter : parameters) {
        float[] part = n.values(parameter + (i == 0 ? "" : "_reverse"));
        System.arraycopy(RecurrentNode.ordered(part, order), 0, all, at, part.length);
        at += part.length;
      }
    }
    return n.floats(what, shape, all);
  }

  /** Writes an initial state, repeated for each sample of the batch. */
  private static Value state(Recurrent l, NodeWriter n, String parameter) {
    Shape shape = Shape.of(l.direction().count(), 1, l.hiddenSize());
    Value state = weights(l, n, parameter, shape, new int[] {0}, parameter);
    Value batch = n.slice(n.op("Shape", n.in()), 0, 0, 1, 1);
    Value dims =
        n.concat(
            0,
            List.of(
                n.longs("directions", l.direction().count()),
                batch,
                n.longs("hidden", l.hiddenSize())));
    return n.op("Expand", state, dims);
  }
}
