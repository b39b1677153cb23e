package dev.quern.explain;

import dev.quern.engine.Precision;
import dev.quern.error.InvalidArgumentException;
import dev.quern.error.NumericException;
import dev.quern.error.ShapeException;
import dev.quern.network.Network;
import dev.quern.plan.InputGradients;
import dev.quern.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Computes the logits of a network for one sample, and their gradients with respect to the input or
 * a layer's output. Plans for the last input size and layer are cached. Not thread-safe.
 */
final class Gradients implements AutoCloseable {
  private final Network network;
  private final Map<String, float[]> weights;
  private final Map<String, InputGradients> plans = new HashMap<>();

  Gradients(Network network, Map<String, float[]> weights) {
    this.network = network;
    this.weights = weights;
  }

  /** A layer's output, and the gradient of a class's logit with respect to this output. */
  record AtLayer(Shape shape, float[] values, float[] gradient) {}

  /** Returns the logits of all classes, each summed over all positions (pixels). */
  float[] classes(float[] sample, Shape shape) {
    InputGradients plan = whole(shape);
    return sums(forward(plan, Map.of(input(), sample)), plan.network().output());
  }

  int predictedClass(float[] sample, Shape shape) {
    float[] all = classes(sample, shape);
    int best = 0;
    for (int i = 1; i < all.length; i++) {
      best = all[i] > all[best] ? i : best;
    }
    return best;
  }

  /** Returns the gradient of a class's logit with respect to the input. */
  float[] byInput(float[] sample, Shape shape, int output) {
    InputGradients plan = whole(shape);
    requireClass(output);
    forward(plan, Map.of(input(), sample));
    return plan.backward(end(), seed(plan.network().output(), output)).get(input());
  }

  /** Returns a layer's output, and the gradient of a class's logit with respect to this output. */
  AtLayer byLayer(float[] sample, Shape shape, int output, String layer) {
    requireClass(output);
    Network sized = sized(shape);
    Network before = sized.upTo(layer);
    Shape of = before.output();
    if (of.rank() != 3) {
      throw new ShapeException(
          "explain: the output " + of + " of layer " + layer + " is not an image");
    }
    float[] values = plan("to " + layer, before).forward(Map.of(input(), sample)).get(layer);
    Network behind = behind(sized, layer);
    InputGradients plan = plan("from " + layer, behind);
    Map<String, float[]> inputs = new LinkedHashMap<>();
    behind.inputs().keySet().forEach(in -> inputs.put(in, in.equals(layer) ? values : sample));
    forward(plan, inputs);
    float[] gradient = plan.backward(end(), seed(sized.output(), output)).get(layer);
    return new AtLayer(of, values, gradient);
  }

  /**
   * Returns the part of the network after a layer. If a connection bypasses the layer, the
   * network's input is a second input of the part.
   */
  private Network behind(Network sized, String layer) {
    try {
      return sized.part(List.of(layer), List.of());
    } catch (InvalidArgumentException e) {
      return sized.part(List.of(layer, input()), List.of());
    }
  }

  String defaultLayer() {
    Set<String> needed = new HashSet<>(network.outputs());
    List<Network.Node> nodes = new ArrayList<>(network.nodes());
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Network.Node n = nodes.get(i);
      if (needed.contains(n.name())) {
        Shape s = network.shapes().get(n.name());
        boolean isImage = s.rank() == 3 && !(isOne(s, 1) && isOne(s, 2));
        if (isImage && !n.name().equals(end())) {
          return n.name();
        }
        needed.addAll(n.inputs());
      }
    }
    throw new InvalidArgumentException(
        "explain: no layer of network " + network.name() + " outputs an image");
  }

  private static boolean isOne(Shape s, int axis) {
    return !s.isFree(axis) && s.dim(axis) == 1;
  }

  private String input() {
    return network.inputs().keySet().iterator().next();
  }

  private String end() {
    return network.outputs().get(0);
  }

  /** Runs a forward pass and rejects NaN and infinities, which would make the map meaningless. */
  private static float[] forward(InputGradients plan, Map<String, float[]> inputs) {
    float[] all = plan.forward(inputs).values().iterator().next();
    for (float v : all) {
      if (!Float.isFinite(v)) {
        throw new NumericException("explain: the network's output contains " + v);
      }
    }
    return all;
  }

  int classes() {
    Shape s = network.output();
    return s.rank() == 0 ? 1 : (int) s.dim(0);
  }

  void requireClass(int output) {
    if (output < 0 || output >= classes()) {
      throw new InvalidArgumentException(
          "explain: class " + output + " is not one of the network's " + classes() + " classes");
    }
  }

  /** Returns the sums over all axes but the first. */
  private static float[] sums(float[] values, Shape shape) {
    int count = shape.rank() == 0 ? 1 : (int) shape.dim(0);
    int each = values.length / count;
    float[] all = new float[count];
    for (int i = 0; i < values.length; i++) {
      all[i / each] += values[i];
    }
    return all;
  }

  /** Returns an array with 1 for each position of a class and 0 elsewhere. */
  private static float[] seed(Shape shape, int output) {
    int values = Math.toIntExact(shape.elements());
    int each = values / (shape.rank() == 0 ? 1 : (int) shape.dim(0));
    float[] seed = new float[values];
    Arrays.fill(seed, output * each, (output + 1) * each, 1);
    return seed;
  }

  private Network sized(Shape shape) {
    return network.isFree() ? network.at(shape) : network;
  }

  private InputGradients whole(Shape shape) {
    return plan("", sized(shape));
  }

  private InputGradients plan(String key, Network of) {
    InputGradients known = plans.get(key);
    if (known == null || !known.network().equals(of)) {
      if (known != null) {
        known.close();
        plans.remove(key);
      }
      if (!key.isEmpty()) { // plans are cached for the last layer only
        plans.entrySet().removeIf(e -> closed(e, key));
      }
      Map<String, float[]> own = new HashMap<>(weights);
      own.keySet().retainAll(of.state().keySet());
      known = new InputGradients(of, own, Precision.DEFAULT);
      plans.put(key, known);
    }
    return known;
  }

  private static boolean closed(Map.Entry<String, InputGradients> e, String key) {
    boolean other = !e.getKey().isEmpty() && !layer(e.getKey()).equals(layer(key));
    if (other) {
      e.getValue().close();
    }
    return other;
  }

  private static String layer(String key) {
    return key.substring(key.indexOf(' ') + 1);
  }

  @Override
  public void close() {
    plans.values().forEach(InputGradients::close);
    plans.clear();
  }
}
