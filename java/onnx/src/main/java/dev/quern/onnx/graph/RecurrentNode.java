package dev.quern.onnx.graph;

import dev.quern.layer.recurrent.Direction;
import dev.quern.layer.recurrent.Gru;
import dev.quern.layer.recurrent.Lstm;
import dev.quern.layer.recurrent.Recurrent;
import dev.quern.layer.recurrent.Rnn;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * ONNX's LSTM, GRU or RNN as a layer with its weights. ONNX stores the weights of both directions
 * in one tensor, and lists gates in an order of its own.
 *
 * @param layer the layer, whose output is the sequence of hidden states
 * @param weights the layer's weights by their names in the layer
 */
public record RecurrentNode(Recurrent layer, Map<String, float[]> weights) {
  /** The constant inputs of a node; those that it may omit are null. */
  public record Inputs(Const w, Const r, @Nullable Const b, @Nullable Const h, @Nullable Const c) {}

  private static final Map<String, int[]> ORDERS =
      Map.of("LSTM", new int[] {0, 2, 3, 1}, "GRU", new int[] {1, 0, 2}, "RNN", new int[] {0});

  /** Returns, for each of the layer's gates in order, the position of the gate in ONNX. */
  public static int[] order(String op) {
    return ORDERS.get(op).clone();
  }

  /**
   * Reads a node.
   *
   * @param dims the dimensions of the input: steps, batch, features
   * @throws Refusal if the layers do not have the node's options, or shapes do not match
   */
  public static RecurrentNode of(Node node, long[] dims, Inputs in) {
    Attributes a = node.attributes();
    Direction direction = direction(a.text("direction", "forward"));
    int gates = ORDERS.get(node.op()).length;
    int hidden = hiddenSize(a, in.r);
    refuseOptions(a);
    List<String> functions = functions(node, direction.count());
    long[] units = {direction.count(), (long) gates * hidden};
    shape("the weights W", in.w, units[0], units[1], dims[2]);
    shape("the weights R", in.r, units[0], units[1], hidden);
    shape("the biases B", in.b, units[0], 2 * units[1]);
    shape("initial_h", in.h, units[0], dims[1], hidden);
    shape("initial_c", in.c, units[0], dims[1], hidden);
    boolean starts = isNotZero(in.h) || isNotZero(in.c);
    Recurrent layer =
        switch (node.op()) {
          case "LSTM" -> new Lstm(hidden, direction, in.b != null, starts, false);
          case "GRU" ->
              new Gru(
                  hidden, direction, in.b != null, starts, a.number("linear_before_reset", 0) != 0);
          default ->
              new Rnn(
                  hidden,
                  direction,
                  in.b != null,
                  starts,
                  functions.get(0).equals("relu") ? Rnn.Nonlinearity.RELU : Rnn.Nonlinearity.TANH);
        };
    return new RecurrentNode(layer, weights(node, layer, dims, in));
  }

  private static Direction direction(String name) {
    for (Direction d : Direction.values()) {
      if (d.name().toLowerCase(Locale.ROOT).equals(name)) {
        return d;
      }
    }
    throw new Refusal(
        "attribute direction is \"" + name + "\", expected forward, reverse or bidirectional");
  }

  private static int hiddenSize(Attributes a, Const r) {
    long size = r.rank() == 3 ? r.dims()[2] : 0;
    long given = a.number("hidden_size", size);
    if (given < 1 || given != size || given > Integer.MAX_VALUE / 8) {
      throw new Refusal(
          "attribute hidden_size is "
              + given
              + ", the weights R (input 2) of shape "
              + Arrays.toString(r.dims())
              + " are not [directions, gates * hidden_size, hidden_size]");
    }
    return (int) given;
  }

  private static void refuseOptions(Attributes a) {
    if (a.has("clip")) {
      throw new Refusal("attribute clip is not supported");
    }
    if (a.number("input_forget", 0) != 0) {
      throw new Refusal("attribute input_forget must be 0");
    }
    if (a.number("layout", 0) != 0) {
      throw new Refusal("attribute layout must be 0");
    }
  }

  /** Returns the names of the activations in lower case, after checking them. */
  private static List<String> functions(Node node, int directions) {
    List<String> each =
        switch (node.op()) {
          case "LSTM" -> List.of("sigmoid", "tanh", "tanh");
          case "GRU" -> List.of("sigmoid", "tanh");
          default -> List.of("tanh");
        };
    List<String> given = node.attributes().texts("activations");
    if (given == null || given.isEmpty()) {
      return each;
    }
    List<String> names = given.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    List<String> wanted = repeated(each, directions);
    boolean relu = node.op().equals("RNN") && names.equals(repeated(List.of("relu"), directions));
    if (!names.equals(wanted) && !relu) {
      throw new Refusal("attribute activations is " + given + ", expected " + wanted);
    }
    return names;
  }

  private static List<String> repeated(List<String> each, int times) {
    return Collections.nCopies(times, each).stream().flatMap(List::stream).toList();
  }

  private static void shape(String what, @Nullable Const c, long... wanted) {
    if (c != null && !Arrays.equals(c.dims(), wanted)) {
      throw new Refusal(
          what
              + " must have shape "
              + Arrays.toString(wanted)
              + ", found "
              + Arrays.toString(c.dims()));
    }
  }

  private static boolean isNotZero(@Nullable Const c) {
    if (c != null) {
      for (float x : c.floats()) {
        if (x != 0) {
          return true;
        }
      }
    }
    return false;
  }

  private static Map<String, float[]> weights(Node node, Recurrent layer, long[] dims, Inputs in) {
    Map<String, float[]> all = new HashMap<>();
    int directions = layer.direction().count();
    int hidden = layer.hiddenSize();
    int[] order = order(node.op());
    float[] w = in.w.floats();
    float[] r = in.r.floats();
    float[] b = in.b == null ? null : in.b.floats();
    for (int i = 0; i < directions; i++) {
      String end = i == 0 ? "" : "_reverse";
      all.put("weight_ih_l0" + end, ordered(part(w, i, directions), order));
      all.put("weight_hh_l0" + end, ordered(part(r, i, directions), order));
      if (b != null) {
        all.put("bias_ih_l0" + end, ordered(part(b, 2 * i, 2 * directions), order));
        all.put("bias_hh_l0" + end, ordered(part(b, 2 * i + 1, 2 * directions), order));
      }
      if (layer.initialState()) {
        all.put("h_0" + end, state("initial_h", in.h, i, dims[1], hidden));
        all.put("c_0" + end, state("initial_c", in.c, i, dims[1], hidden));
      }
    }
    return all;
  }

  private static float[] part(float[] all, int index, int parts) {
    int each = all.length / parts;
    return Arrays.copyOfRange(all, index * each, (index + 1) * each);
  }

  /** Returns blocks of equal size in another order: block i is block {@code order[i]}. */
  public static float[] ordered(float[] blocks, int... order) {
    float[] out = new float[blocks.length];
    int each = blocks.length / order.length;
    for (int i = 0; i < order.length; i++) {
      System.arraycopy(blocks, order[i] * each, out, i * each, each);
    }
    return out;
  }

  /** Returns the state of one direction, which must be equal for all samples. */
  private static float[] state(
      String what, @Nullable Const c, int direction, long batch, int hidden) {
    float[] own = new float[hidden];
    if (c == null) {
      return own;
    }
    float[] all = c.floats();
    int first = Math.toIntExact(direction * batch * hidden);
    System.arraycopy(all, first, own, 0, hidden);
    for (int i = 0; i < batch * hidden; i++) {
      if (all[first + i] != own[i % hidden]) {
        throw new Refusal(what + " differs from sample to sample");
      }
    }
    return own;
  }
}
