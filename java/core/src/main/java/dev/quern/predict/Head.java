package dev.quern.predict;

import dev.quern.error.InvalidArgumentException;
import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The last layer with weights of a model that has one output, and others in its place. */
final class Head {
  private final ModelData model;
  private final Network network;

  Head(ModelData model) {
    this.model = model;
    network = model.network();
  }

  ModelData forClasses(List<String> classes, long seed) {
    if (classes.isEmpty()) {
      throw refused("no classes are named");
    }
    requireOneOutput();
    List<String> known = network.task().classes();
    Shape output = network.output();
    boolean unnamed = known.isEmpty() && output.rank() > 0 && output.dim(0) == classes.size();
    if (known.equals(classes) || unnamed) {
      return with(named(network, classes), model.weights());
    }
    if (known.size() == classes.size() && Set.copyOf(known).equals(Set.copyOf(classes))) {
      return ordered(known, classes);
    }
    return drawn(classes.size(), classes, seed);
  }

  /** The model with a layer of other outputs. */
  ModelData drawn(int outputs, List<String> classes, long seed) {
    if (outputs < 1) {
      throw refused("a head of " + outputs + " outputs is too small");
    }
    requireOneOutput();
    Network.Node old = node();
    Network bare = network.withTask(network.task().withClasses(List.of()));
    Network other = named(bare.replace(old.name(), sized(old.layer(), outputs)), classes);
    Map<String, float[]> weights = new LinkedHashMap<>(model.weights());
    ModelData.untrained(other, seed)
        .weights()
        .forEach(
            (name, values) -> {
              if (name.startsWith(old.name() + ".")) {
                weights.put(name, values);
              }
            });
    return with(other, weights);
  }

  /** The head's rows in the order of other names. */
  private ModelData ordered(List<String> known, List<String> classes) {
    Network.Node head = node();
    Map<String, float[]> weights = new LinkedHashMap<>(model.weights());
    for (String name : List.of(head.name() + ".weight", head.name() + ".bias")) {
      float[] values = weights.get(name);
      if (values != null) {
        int row = values.length / known.size();
        float[] moved = new float[values.length];
        for (int i = 0; i < classes.size(); i++) {
          System.arraycopy(values, known.indexOf(classes.get(i)) * row, moved, i * row, row);
        }
        weights.put(name, moved);
      }
    }
    return with(named(network, classes), weights);
  }

  private ModelData with(Network other, Map<String, float[]> weights) {
    return new ModelData(other, weights, model.preprocessing(), model.provenance());
  }

  private static Network named(Network network, List<String> classes) {
    if (classes.isEmpty()) {
      return network;
    }
    boolean plain = network.task().kind() == Task.Kind.PLAIN;
    Task task = plain ? Task.singleLabel() : network.task();
    return network.withTask(task.withClasses(classes));
  }

  private void requireOneOutput() {
    if (network.outputs().size() > 1) {
      throw refused("it has the outputs " + network.outputs() + ", and a head is of one");
    }
  }

  /** The last node with weights, behind which each value is the next one's only input. */
  Network.Node node() {
    Map<String, Network.Node> nodes = new LinkedHashMap<>();
    network.nodes().forEach(n -> nodes.put(n.name(), n));
    Network.Node at = nodes.get(network.outputs().get(0));
    while (at != null) {
      boolean grouped = at.layer() instanceof Conv2d c && c.groups() > 1;
      if (!grouped && (at.layer() instanceof Linear || at.layer() instanceof Conv2d)) {
        return at;
      }
      if (!network.facts(at.name()).parameters().isEmpty() || at.inputs().size() != 1) {
        break;
      }
      at = nodes.get(at.inputs().get(0));
    }
    throw refused("it does not end in a linear layer or a convolution");
  }

  private static Layer sized(Layer old, int outputs) {
    if (old instanceof Linear l) {
      return new Linear(outputs, l.bias());
    }
    Conv2d c = (Conv2d) old;
    return new Conv2d(
        outputs,
        c.kernel(),
        c.stride(),
        c.padding(),
        c.dilation(),
        c.groups(),
        c.bias(),
        c.sides(),
        c.same());
  }

  private InvalidArgumentException refused(String why) {
    return new InvalidArgumentException("network " + network.name() + ": " + why);
  }
}
