package dev.quern.predict;

import dev.quern.layer.Conv2d;
import dev.quern.layer.Layer;
import dev.quern.layer.Linear;
import dev.quern.layer.Quantized;
import dev.quern.layer.QuantizedConv2d;
import dev.quern.layer.QuantizedLinear;
import dev.quern.network.Network;
import dev.quern.network.Task;
import dev.quern.plan.HeadLayer;
import dev.quern.tensor.Shape;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Replaces the head of a single-output model. The head is the last layer with weights. */
final class Head {
  private final ModelData model;
  private final Network network;

  Head(ModelData model) {
    this.model = model;
    network = model.network();
  }

  ModelData forClasses(List<String> classes, long seed) {
    if (classes.isEmpty()) {
      throw HeadLayer.refused(network, "the list of classes is empty");
    }
    HeadLayer.requireOneOutput(network);
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

  /**
   * Returns the model with a new head.
   *
   * @param outputs the number of outputs, at least 1
   * @param classes the class names; empty for none
   * @param seed the seed of the new weights
   */
  ModelData drawn(int outputs, List<String> classes, long seed) {
    if (outputs < 1) {
      throw HeadLayer.refused(network, "outputs " + outputs + " must be at least 1");
    }
    HeadLayer.requireOneOutput(network);
    Network.Node old = HeadLayer.of(network);
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

  /**
   * Returns the model with the head's rows in the order of the new class names.
   *
   * @param known the current class names
   * @param classes the same names in another order
   */
  private ModelData ordered(List<String> known, List<String> classes) {
    Network.Node head = HeadLayer.of(network);
    Map<String, float[]> weights = new LinkedHashMap<>(model.weights());
    for (String of : List.of("weight", "bias", Quantized.SCALE)) {
      String name = head.name() + "." + of;
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

  private static Layer sized(Layer old, int outputs) {
    if (old instanceof QuantizedLinear q) {
      return new QuantizedLinear(sized(q.plain(), outputs));
    }
    if (old instanceof QuantizedConv2d q) {
      return new QuantizedConv2d(sized(q.plain(), outputs));
    }
    return old instanceof Linear l ? sized(l, outputs) : sized((Conv2d) old, outputs);
  }

  private static Linear sized(Linear old, int outputs) {
    return new Linear(outputs, old.bias());
  }

  private static Conv2d sized(Conv2d c, int outputs) {
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
}
