package dev.quern.reference.network;

import dev.quern.error.InvalidArgumentException;
import dev.quern.error.LayerException;
import dev.quern.layer.CustomLayer;
import dev.quern.loss.Loss;
import dev.quern.network.Network;
import dev.quern.network.Network.Node;
import dev.quern.predict.ModelData;
import dev.quern.reference.NdArray;
import dev.quern.reference.internal.Require;
import dev.quern.reference.loss.LossReference;
import dev.quern.reference.support.Checks;
import dev.quern.tensor.Shape;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Reference implementation of a {@link Network} in double precision. It stores the parameters and
 * the seed and step of the random numbers. A forward pass returns all activations, which are an
 * argument of the backward pass. Nodes may have several inputs; if several nodes read a value, the
 * gradients of the value are added.
 */
public final class ReferenceNetwork {
  private final Network network;
  private final Map<String, NdArray> parameters;
  private long seed;
  private long step;

  /**
   * Gradients of a network.
   *
   * @param parameters gradients of the parameters by dotted name, in the network's order
   * @param inputs gradients with respect to the network's inputs by name, in order
   */
  public record Gradients(Map<String, NdArray> parameters, Map<String, NdArray> inputs) {
    public Gradients {
      parameters = Require.all("gradients", "parameters", parameters);
      inputs = Require.all("gradients", "inputs", inputs);
      if (inputs.isEmpty()) {
        throw new InvalidArgumentException("gradients: a network needs at least one input");
      }
    }

    /** Returns the gradient with respect to the only (or first) input. */
    public NdArray input() {
      return inputs.values().iterator().next();
    }
  }

  /** The loss of a batch and its gradients. */
  public record LossAndGradients(double loss, Gradients gradients) {
    public LossAndGradients {
      Require.present("loss and gradients", "gradients", gradients);
    }
  }

  /**
   * Creates a reference network with these parameters.
   *
   * @param parameters parameters by dotted name; the arrays are not copied, so changing an array
   *     changes the network
   * @throws InvalidArgumentException if a parameter is missing, unknown or has the wrong shape
   */
  public ReferenceNetwork(Network network, Map<String, NdArray> parameters) {
    Require.present("network", "network", network);
    Map<String, NdArray> own = Require.all("network", "parameters", parameters);
    network.requireSizes("reference");
    Map<String, Shape> wanted = network.state();
    Map<String, NdArray> ordered = new LinkedHashMap<>();
    wanted.forEach(
        (name, shape) -> {
          Checks.shape("network " + network.name(), name, own.get(name), shape);
          ordered.put(name, own.get(name));
        });
    for (String name : own.keySet()) {
      if (!wanted.containsKey(name)) {
        throw new InvalidArgumentException(
            "network " + network.name() + ": unknown parameter " + name);
      }
    }
    this.network = network;
    this.parameters = Collections.unmodifiableMap(ordered);
  }

  /** Returns the reference network of a saved model, with weights converted to doubles. */
  public static ReferenceNetwork of(ModelData model) {
    Require.present("network", "model", model);
    Map<String, NdArray> parameters = new LinkedHashMap<>();
    model
        .network()
        .state()
        .forEach(
            (name, shape) -> parameters.put(name, NdArray.of(shape, model.weights().get(name))));
    return new ReferenceNetwork(model.network(), parameters);
  }

  /** Returns the parameters by dotted name, in the network's order, without copying the arrays. */
  public Map<String, NdArray> parameters() {
    return parameters;
  }

  /**
   * Sets the random numbers of later training passes to those that a trainer with this seed uses at
   * this step.
   *
   * @param newStep the trainer's step, from 0
   */
  public void random(long newSeed, long newStep) {
    seed = newSeed;
    step = newStep;
  }

  /** Returns the reference implementation of the node at {@code index}. */
  private LayerReference twin(int index) {
    Node node = network.nodes().get(index);
    return node.layer() instanceof CustomLayer own
        ? new LayerReference.OfCustomLayer(own, network.facts(node.name()))
        : LayerReference.of(node.layer()).random(seed, step, index);
  }

  /**
   * Computes all activations of a batch in evaluation mode, by name: the network's input, and the
   * output of each node. The network must have one input.
   *
   * @param input {@code [N, ...]}, with the network's input shape after N
   */
  public Map<String, NdArray> forward(NdArray input) {
    return forward(input, false);
  }

  /**
   * Computes all activations as {@link #forward(NdArray)} does, but in training mode if {@code
   * training} is true (batch normalization and dropout then differ).
   */
  public Map<String, NdArray> forward(NdArray input, boolean training) {
    Require.present("network", "input", input);
    return forward(Map.of(firstInput(), input), training);
  }

  /**
   * Computes all activations of a network with any number of inputs.
   *
   * @param inputs one array {@code [N, ...]} for each of {@link Network#inputs()}, with the input's
   *     shape after N
   */
  public Map<String, NdArray> forward(Map<String, NdArray> inputs, boolean training) {
    Map<String, NdArray> own = Require.all("network", "inputs", inputs);
    NdArray first = own.get(firstInput());
    Require.present("network", "input " + firstInput(), first);
    long samples = samples(first);
    Map<String, NdArray> activations = new LinkedHashMap<>();
    network
        .inputs()
        .forEach(
            (name, shape) -> {
              NdArray input = own.get(name);
              Checks.shape("network " + network.name(), name, input, shape.batch(samples));
              activations.put(name, input);
            });
    for (int k = 0; k < network.nodes().size(); k++) {
      forward(k, activations, parameters, training);
    }
    return Collections.unmodifiableMap(activations);
  }

  private void forward(
      int index, Map<String, NdArray> activations, Map<String, NdArray> state, boolean training) {
    Node node = network.nodes().get(index);
    activations.put(
        node.name(),
        guarded(
            node,
            "forward",
            () -> twin(index).forward(inputs(node, activations), stateOf(node, state), training)));
  }

  /** Runs a call of a custom layer and converts its exceptions as the native network does. */
  private <T> T guarded(Node node, String what, Supplier<T> call) {
    try {
      return call.get();
    } catch (RuntimeException e) {
      if (node.layer() instanceof CustomLayer) {
        String type = network.facts(node.name()).type();
        throw new LayerException(
            "layer " + node.name() + ": " + what + " of " + type + " threw " + e, e);
      }
      throw e;
    }
  }

  /**
   * Returns the network's output with one parameter or input replaced. Only nodes that depend on
   * the replaced array are computed. Neither this network nor the activations change, so threads
   * may call this method concurrently.
   *
   * @param activations the result of {@link #forward(NdArray, boolean)}
   * @param name a parameter's dotted name, or an input's name
   */
  NdArray outputWith(
      Map<String, NdArray> activations, String name, NdArray value, boolean training) {
    Map<String, NdArray> state = new LinkedHashMap<>(parameters);
    Map<String, NdArray> changed = new LinkedHashMap<>(activations);
    Set<String> stale = new HashSet<>();
    if (network.inputs().containsKey(name)) {
      changed.put(name, value);
      stale.add(name);
    } else {
      state.put(name, value);
    }
    for (int k = 0; k < network.nodes().size(); k++) {
      Node node = network.nodes().get(k);
      if (name.startsWith(node.name() + ".") || !Collections.disjoint(stale, node.inputs())) {
        forward(k, changed, state, training);
        stale.add(node.name());
      }
    }
    return changed.get(outputName());
  }

  /** Returns the network's output for a batch. */
  public NdArray output(NdArray input) {
    return forward(input).get(outputName());
  }

  /**
   * Returns the gradients of all parameters and of the input.
   *
   * @param activations the result of {@link #forward}
   * @param gradOutput the gradient with respect to the network's output
   */
  public Gradients backward(Map<String, NdArray> activations, NdArray gradOutput) {
    return backward(activations, gradOutput, false);
  }

  /**
   * Returns the gradients of all parameters and of the input.
   *
   * @param training true after a forward pass in training mode; false after one in evaluation mode,
   *     as in {@link #backward(Map, NdArray)}
   */
  public Gradients backward(
      Map<String, NdArray> activations, NdArray gradOutput, boolean training) {
    Require.present("network", "grad_output", gradOutput);
    return backward(activations, Map.of(outputName(), gradOutput), training);
  }

  /**
   * Returns the gradients of a network with any number of outputs.
   *
   * @param gradOutputs gradients with respect to outputs, by name; 0 for outputs that are not
   *     listed
   */
  public Gradients backward(
      Map<String, NdArray> activations, Map<String, NdArray> gradOutputs, boolean training) {
    Map<String, NdArray> own = Require.all("network", "activations", activations);
    Map<String, NdArray> ownGradients = Require.all("network", "grad_outputs", gradOutputs);
    requireActivations(own, ownGradients);
    GradientSums sums = new GradientSums();
    ownGradients.forEach(sums::add);
    Map<String, NdArray> byParameter = new LinkedHashMap<>();
    network.parameters().forEach((name, p) -> byParameter.put(name, new NdArray(p.shape())));
    List<Node> nodes = network.nodes();
    for (int k = nodes.size() - 1; k >= 0; k--) {
      NdArray gradient = sums.get(nodes.get(k).name());
      if (gradient != null) { // null if no output depends on the node
        backward(k, own, gradient, training, sums, byParameter);
      }
    }
    Map<String, NdArray> byInput = new LinkedHashMap<>();
    for (String name : network.inputs().keySet()) {
      NdArray gradient = sums.get(name);
      byInput.put(name, gradient == null ? new NdArray(own.get(name).shape()) : gradient);
    }
    return new Gradients(
        Collections.unmodifiableMap(byParameter), Collections.unmodifiableMap(byInput));
  }

  /** Checks that the activations come from one forward pass of this network. */
  private void requireActivations(
      Map<String, NdArray> activations, Map<String, NdArray> gradOutputs) {
    NdArray first = activations.get(firstInput());
    Require.present("network", "activation of the input", first);
    long samples = samples(first);
    network
        .shapes()
        .forEach(
            (name, shape) ->
                Checks.shape(
                    "network",
                    "activation of " + name,
                    activations.get(name),
                    shape.batch(samples)));
    gradOutputs.forEach(
        (name, gradient) -> {
          if (!network.outputs().contains(name)) {
            throw new InvalidArgumentException(
                "network " + network.name() + ": unknown output " + name);
          }
          Shape output = activations.get(name).shape();
          Checks.shape("network " + network.name(), "grad_output", gradient, output);
        });
  }

  private void backward(
      int index,
      Map<String, NdArray> activations,
      NdArray gradient,
      boolean training,
      GradientSums sums,
      Map<String, NdArray> byParameter) {
    Node node = network.nodes().get(index);
    LayerReference.Gradients back =
        guarded(
            node,
            "backward",
            () ->
                twin(index)
                    .backward(
                        inputs(node, activations), stateOf(node, parameters), gradient, training));
    back.parameters().forEach((name, g) -> byParameter.put(node.name() + "." + name, g));
    for (int i = 0; i < node.inputs().size(); i++) {
      sums.add(node.inputs().get(i), back.inputs().get(i));
    }
  }

  /** Returns the loss for a batch with labels, one per row of logits, and its gradients. */
  public LossAndGradients lossAndGradients(NdArray input, int[] labels, Loss loss) {
    Require.present("network", "labels", labels);
    int[] own = labels.clone();
    Map<String, NdArray> activations = forward(input, true);
    NdArray logits = activations.get(outputName());
    double value = LossReference.forward(loss, logits, own);
    NdArray gradLogits = LossReference.backward(loss, logits, own);
    return new LossAndGradients(value, backward(activations, gradLogits, true));
  }

  /** Returns the loss for targets with the output's shape, and its gradients. */
  public LossAndGradients lossAndGradients(NdArray input, NdArray targets, Loss loss) {
    Map<String, NdArray> activations = forward(input, true);
    NdArray output = activations.get(outputName());
    double value = LossReference.forward(loss, output, targets);
    NdArray gradOutput = LossReference.backward(loss, output, targets);
    return new LossAndGradients(value, backward(activations, gradOutput, true));
  }

  private String outputName() {
    return network.outputs().get(0);
  }

  private String firstInput() {
    return network.inputs().keySet().iterator().next();
  }

  private static long samples(NdArray input) {
    return input.rank() == 0 ? 1 : input.dim(0);
  }

  private static List<NdArray> inputs(Node node, Map<String, NdArray> activations) {
    return node.inputs().stream().map(activations::get).toList();
  }

  /** Returns a node's parameters and buffers by their names in its layer. */
  private static Map<String, NdArray> stateOf(Node node, Map<String, NdArray> state) {
    String prefix = node.name() + ".";
    Map<String, NdArray> own = new LinkedHashMap<>();
    state.forEach(
        (name, array) -> {
          if (name.startsWith(prefix)) {
            own.put(name.substring(prefix.length()), array);
          }
        });
    return own;
  }
}
